"""The transition statement: a new fingerprint under the signature of the key in whose place it comes."""

from datetime import datetime

from registry.keys.rules import Key
from registry.sealing.sealer import Sealer
from registry.trail.canonical import canonical

SAYS = "key-transition"


def make_statement(sealer: Sealer, old: Key, fingerprint: str, now: datetime) -> dict[str, str]:
    """Let the old key say which one comes after it; the platform checks it with the key that it knows."""
    document = canonical(
        {
            "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "new": fingerprint,
            "old": str(old.fingerprint),
            "owner": old.owner,
            "says": SAYS,
        }
    )
    signature = sealer.sign_detached(document, str(old.fingerprint))
    return {"document": document.decode(), "signature": signature.decode("ascii")}
