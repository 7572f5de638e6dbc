"""The platform's own keys: the one that it shows and signs with; earlier ones still open messages."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from registry.sealing.sealer import Sealer

_OWNER = "sandbox-platform"
_LASTS = timedelta(days=1095)


class OwnKeys:
    """Which key of the folder is the one of now; the folder keeps every one."""

    def __init__(self, home: Path, sealer: Sealer) -> None:
        self._file = home / "fingerprint"
        self._transition = home / "transition.json"
        self._sealer = sealer
        if not self._file.exists():
            self._file.write_text(sealer.create_key(_OWNER, _LASTS))

    @property
    def fingerprint(self) -> str:
        """The key of now."""
        return self._file.read_text().strip()

    @property
    def transition(self) -> dict[str, Any]:
        """What the key before this one says of it; empty while there was none."""
        if not self._transition.exists():
            return {}
        said: dict[str, Any] = json.loads(self._transition.read_text())
        return said if said["new"] == self.fingerprint else {}

    def rotate(self) -> str:
        """Make another key the one of now; the registry has to pin it before it believes its signature."""
        old, new = self.fingerprint, self._sealer.create_key(_OWNER, _LASTS)
        document = json.dumps({"says": "key-transition", "owner": _OWNER, "old": old, "new": new})
        signature = self._sealer.sign_detached(document.encode(), old).decode("ascii")
        said = {"new": new, "document": document, "signature": signature}
        self._transition.write_text(json.dumps(said))
        part = self._file.with_suffix(".part")
        part.write_text(new)
        part.replace(self._file)
        return new
