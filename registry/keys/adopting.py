"""A home from before the table of keys: its files become rows, and are gone afterwards."""

import json
import logging
from pathlib import Path

from registry.errors import N_, SettingsError
from registry.keys import facts, folder, models
from registry.keys.rules import OPERATOR, Kind, State
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.public_keys import read_public_key
from registry.trail.entries import SYSTEM, EntryType
from registry.work import Registry, Work

log = logging.getLogger(__name__)

PARTIES_FILE = "parties.json"
OPERATOR_FILE = "operator.txt"
WHY = N_("прежние файлы parties.json и operator.txt")


def adopt_home(registry: Registry) -> int:
    """Take the keys that the files of an older home name into the table; give how many were taken.

    The files go only after the rows are committed, so that a killed start begins again.

    Raises:
        SettingsError: a file names a key that the key folder does not hold; nothing is changed then.
    """
    keys = registry.settings.keys
    files = [keys / PARTIES_FILE, keys / OPERATOR_FILE]
    if not any(file.exists() for file in files):
        return 0
    found = _named(*files)
    with folder.opened(registry.settings) as sealer:
        told = [(kind, owner, one, _public(sealer, one)) for one, (kind, owner) in found.items()]
        _set_certificates_apart(registry, sealer, [said[2] for said in told if said[0] is Kind.OPERATOR])
    with registry.work(SYSTEM) as work:
        models.hold(work.connection)
        new = [one for one in told if models.find(work.connection, one[2]) is None]
        for one in new:
            take(work, *one)
    for file in files:
        file.unlink(missing_ok=True)
    return len(new)


def _set_certificates_apart(registry: Registry, sealer: OpenPgpSealer, fingerprints: list[str]) -> None:
    for fingerprint in fingerprints:
        try:
            folder.set_certificate_apart(registry.settings, sealer, fingerprint)
        except SettingsError:
            # Somebody has taken it away already, as one should; the key is as good without it here.
            log.warning("key-without-certificate", extra={"fingerprint": fingerprint})


def _named(parties: Path, operator: Path) -> dict[str, tuple[Kind, str]]:
    """Read fingerprint -> whose it is; the key that signs now comes first."""
    found: dict[str, tuple[Kind, str]] = {}
    try:
        if parties.exists():
            said = json.loads(parties.read_text("utf-8"))
            found[str(said["operator"])] = (Kind.OPERATOR, OPERATOR)
            found[str(said["platform"])] = (Kind.PLATFORM, str(said["receiver"]))
        if operator.exists():
            found.setdefault(operator.read_text().strip(), (Kind.OPERATOR, OPERATOR))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            N_("Прежний файл ключей обмена не читается: восстановите %(file)s из копии."),
            file=f"{PARTIES_FILE}, {OPERATOR_FILE}",
        ) from error
    return found


def _public(sealer: OpenPgpSealer, fingerprint: str) -> str:
    return sealer.public_half(fingerprint).decode("ascii")


def take(work: Work, kind: Kind, owner: str, fingerprint: str, public_key: str) -> None:
    """Write down a key that the folder holds already: its owner's first one signs, others are retired."""
    said = read_public_key(public_key.encode())
    taken = models.in_state(work.connection, kind, owner, State.ACTIVE) is not None
    key_id = work.new_id()
    ended = {"ended_at": work.now, "counts_until": work.now, "ended_why": WHY} if taken else {}
    models.add(
        work.connection,
        {
            "id": key_id,
            "kind": kind.value,
            "owner": owner,
            "state": (State.RETIRED if taken else State.ACTIVE).value,
            "version": 1,
            "fingerprint": fingerprint,
            "public_key": public_key,
            "valid_from": said.created_at,
            "valid_until": said.expires_at,
            "created_at": work.now,
            "why": WHY,
            "active_from": said.created_at,
            **ended,
        },
    )
    key = models.get(work.connection, key_id)
    work.record(facts.entry(EntryType.KEY_PINNED if kind is Kind.PLATFORM else EntryType.KEY_CREATED, key))
