"""A new master key for the data, while the registry serves: known first, then sealing, then under everything.

Each step is safe to be killed in: a second run finds by ring, row and values how far the first one came.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.errors import N_, ConflictError
from registry.keys.resealing import OPERATOR, Resealed, Tell, reseal_everything
from registry.storage import data_keys
from registry.storage.data_keys import DataKey
from registry.storage.failpoints import reach
from registry.storage.keyring import KeyRing, holding_ring
from registry.storage.resealing import every_sealed
from registry.storage.schema import Json
from registry.storage.vault import LOOKED_EVERY, Vault
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.trail.models import first_event
from registry.work import Registry, Work

KIND: Final = "data-key"
SETTLED: Final = timedelta(hours=1)
"""Longer than any transaction: what was sealed under an old key before it was looked through is committed."""


def prepare(registry: Registry) -> int:
    """Put a new master key into the ring that nobody seals with yet; give its version.

    One that was prepared before and does not seal yet is given instead of another.

    Raises:
        ConflictError: somebody changes the ring just now, or the last rotation has not come to its end.
    """
    folder = registry.settings.keys
    with holding_ring(folder):
        ring = KeyRing.load(folder)
        if ring.newest == ring.current and _under_way(registry) is None:
            ring = ring.with_new_version()
            ring.write_over(folder)
            reach("data-key.ring-before-row")
    return ring.newest


def rotate(registry: Registry, why: str, tell: Tell, settle_s: float = 2 * LOOKED_EVERY) -> Resealed:
    """Let a new master key seal, and seal everything anew under it; goes on where a killed run stopped.

    Args:
        registry: may be served by any number of processes meanwhile.
        why: kept in the trail.
        tell: told of each column, and of the files.
        settle_s: after the first pass, how long to wait for processes that saw the new key last.

    Raises:
        ConflictError: the ring is being changed, is another one than the database knows, or some process
            goes on sealing with an old key.
    """
    folder = registry.settings.keys
    version = prepare(registry)
    with holding_ring(folder):
        ring = KeyRing.load(folder)
        _begin(registry, ring, version, why)
        if ring.current != version:
            reach("data-key.row-before-sealing")
            ring.sealing_with(version).write_over(folder)
        registry.vault.follow()
        done = reseal_everything(registry, version, tell, settle_s)
        _note(registry, version, EntryType.DATA_KEY_RESEALED)
    return done


def retire(registry: Registry) -> list[int]:
    """Drop all older master keys from the ring, if nothing stands under them; give their versions.

    Raises:
        ConflictError: there is nothing to drop, values or files stand under an old key, or the last rotation
            is too young for all transactions to have ended.
    """
    folder = registry.settings.keys
    with holding_ring(folder):
        ring = KeyRing.load(folder)
        old = [version for version in ring.masters if version < ring.current]
        if not old:
            raise ConflictError(N_("Старых ключей данных в связке нет: удалять нечего."))
        _demand_settled(registry, ring.current)
        left = {name: number for name, number in under_older_keys(registry, ring.current).items() if number}
        if left:
            raise ConflictError(
                N_("Под старыми ключами ещё есть данные (%(places)s): повторите keys rotate-data."),
                places=", ".join(f"{name}: {number}" for name, number in left.items()),
            )
        _note(registry, ring.current, EntryType.DATA_KEY_ALONE)
        ring.without(old).write_over(folder)
    return old


def under_older_keys(registry: Registry, version: int) -> dict[str, int]:
    """Count what stands under another master key than this version, by column; files under "files"."""
    with registry.reading(OPERATOR) as work:
        counted = {one.name: one.count(work.connection, version) for one in every_sealed()}
    return counted | {"files": sum(found != version for _, found in registry.files.versions())}


def sealing_since(connection: Connection, version: int) -> datetime | None:
    """Tell from when on a master key seals; the first one, since the installation has a trail."""
    began = [one.began_at for one in data_keys.every(connection) if one.version == version]
    return began[0] if began else first_event(connection)


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each version of the master key, for the verifier of the trail."""
    for key in data_keys.every(connection):
        yield UUID(int=key.version), key.revision, _state(key)


def _under_way(registry: Registry) -> DataKey | None:
    with registry.reading(OPERATOR) as work:
        return next((one for one in data_keys.every(work.connection) if one.resealed_at is None), None)


def _begin(registry: Registry, ring: KeyRing, version: int, why: str) -> None:
    """Write a version down before anything is sealed with it; another machine's ring may know another key."""
    mark = data_keys.mark_of(ring, version)
    with registry.work(OPERATOR) as work:
        known = {one.version: one for one in data_keys.every(work.connection)}
        if version not in known:
            key = DataKey(version, mark, why, work.now)
            data_keys.add(work.connection, key)
            _record(work, EntryType.DATA_KEY_BEGAN, key)
        elif known[version].mark != mark:
            raise ConflictError(
                N_(
                    "Ключ данных версии %(version)s создан на другой машине: возьмите ring.json оттуда, эту"
                    " связку сохраните отдельно."
                ),
                version=version,
            )


def _note(registry: Registry, version: int, what: EntryType) -> None:
    """Write down that a version reached its next state; nothing when that was noted before."""
    name = "resealed_at" if what is EntryType.DATA_KEY_RESEALED else "alone_since"
    with registry.work(OPERATOR) as work:
        if getattr(_get(work, version), name) is None:
            data_keys.note(work.connection, version, **{name: work.now})
            _record(work, what, _get(work, version))


def _get(work: Work, version: int) -> DataKey:
    return next(one for one in data_keys.every(work.connection) if one.version == version)


def _record(work: Work, what: EntryType, key: DataKey) -> None:
    work.record(Entry(what, ObjectRef(KIND, UUID(int=key.version), key.revision), _state(key), None))


def _state(key: DataKey) -> dict[str, Json]:
    times = {name: getattr(key, name) for name in ("began_at", "resealed_at", "alone_since")}
    told: dict[str, Json] = {name: one.isoformat() if one else None for name, one in times.items()}
    return {"version": key.version, "mark": key.mark, "why": key.why, **told}


def _demand_settled(registry: Registry, version: int) -> None:
    with registry.reading(OPERATOR) as work:
        ended = [one.resealed_at for one in data_keys.every(work.connection) if one.version == version]
        since = ended[0] if ended else None
        if since is None or work.now - since < SETTLED:
            raise ConflictError(
                N_("Старые ключи удаляют не раньше чем через час после конца keys rotate-data.")
            )
