"""The way out of this installation: whose key signs, whose key can open, over which line."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import Parties, Sealer
from registry.storage.small_files import write_over
from registry.submissions.ways import open_transport
from registry.transports.transport import Transport
from registry.work import Registry

PARTIES_FILE = "parties.json"


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a message needs to leave: the sealer, the two keys, the receiver's name and the line."""

    sealer: Sealer
    parties: Parties
    receiver: str
    transport: Transport


@contextmanager
def way_out(registry: Registry) -> Iterator[WayOut]:
    """Open the way out, and close it after use.

    Raises:
        SettingsError: the operator's key, the platform's pinned key or the line is not set up.
    """
    settings = registry.settings
    said = _read(settings)
    with (
        OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer,
        closing(open_transport(registry, said["receiver"])) as transport,
    ):
        yield WayOut(sealer, Parties(said["operator"], said["platform"]), said["receiver"], transport)


def remember_parties(settings: Settings, *, operator: str, platform: str, receiver: str) -> None:
    """Keep the fingerprints that this installation signs with and sends to."""
    said = {"operator": operator, "platform": platform, "receiver": receiver}
    write_over(settings.keys / PARTIES_FILE, json.dumps(said, ensure_ascii=False))


def _read(settings: Settings) -> dict[str, str]:
    try:
        said = json.loads((settings.keys / PARTIES_FILE).read_text("utf-8"))
        return {name: str(said[name]) for name in ("operator", "platform", "receiver")}
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(
            N_("Ключи обмена с платформой не настроены: закрепите открытый ключ платформы и повторите."),
            code="no-platform-key",
        ) from None
