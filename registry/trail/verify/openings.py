"""Openings against commitments: each slot opens to what was committed, or was erased for a known reason."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from registry.errors import N_, RegistryError
from registry.storage.queries import among
from registry.storage.vault import SubjectKey, Vault
from registry.trail.commitment import SALT_BYTES, commit, opening_place, slot_tag
from registry.trail.entries import EntryType
from registry.trail.leaf import Leaf, LeafSlot
from registry.trail.models import trail_event, trail_opening, trail_pseudonym
from registry.trail.pseudonyms import NO_TENANT
from registry.trail.verify.findings import Reporter
from registry.trail.verify.raw import as_bytes, as_int, as_uuid, raw

Place = tuple[int | None, UUID | None]
Part = tuple[str, UUID, bytes]
"""What the entries about one object say of one person: kind and id of the object, the pseudonym."""


class OpeningCheck:
    """Follows the leaves; slots that do not open wait for an erasure that explains them.

    Attributes:
        erased: slots that a recorded erasure explains.
    """

    def __init__(self, connection: Connection, vault: Vault, said: Reporter) -> None:
        self._connection = connection
        self._vault = vault
        self._said = said
        self._erasures: set[bytes] = set()
        self._parts: set[Part] = set()
        self._closed: list[tuple[Part, Place]] = []
        self._names = self._read_names()
        self.erased = 0

    def _read_names(self) -> dict[bytes, tuple[UUID | None, UUID | None]]:
        columns = raw(trail_pseudonym.c.ref, trail_pseudonym.c.subject, trail_pseudonym.c.tenant)
        rows = self._connection.execute(select(*columns))
        return {as_bytes(row.ref): (as_uuid(row.subject), as_uuid(row.tenant)) for row in rows}

    def follow(self, leaves: Sequence[tuple[int | None, Leaf]]) -> None:
        """Hold the openings of some leaves."""
        rows = self._rows([leaf.id for _, leaf in leaves])
        subjects = {as_uuid(row.subject) for found in rows.values() for row in found.values()}
        keys = self._keys({subject for subject in subjects if subject})
        for index, leaf in leaves:
            if leaf.type == EntryType.SUBJECT_ERASED:
                self._erasures |= {slot.subject for slot in leaf.slots}
            elif leaf.type == EntryType.EVIDENCE_ERASED:
                self._parts |= {_part(leaf, slot) for slot in leaf.slots}
            self._hold(index, leaf, rows.get(leaf.id, {}), keys)

    def _rows(self, events: Sequence[UUID]) -> dict[UUID, dict[int, Row[Any]]]:
        columns = raw(
            trail_opening.c.event_id, trail_opening.c.slot, trail_opening.c.subject, trail_opening.c.sealed
        )
        chosen = among(self._connection, trail_opening.c.event_id, events)
        found: dict[UUID, dict[int, Row[Any]]] = defaultdict(dict)
        for row in self._connection.execute(select(*columns).where(chosen)):
            event_id = as_uuid(row.event_id)
            if event_id:
                found[event_id][as_int(row.slot)] = row
        return found

    def _keys(self, subjects: set[UUID]) -> dict[UUID, SubjectKey]:
        """Keys of some persons; a key that cannot be unwrapped is as good as none."""
        try:
            return self._vault.keys_of(self._connection, subjects)
        except RegistryError:
            keys: dict[UUID, SubjectKey] = {}
        for subject in subjects:
            try:
                keys |= self._vault.keys_of(self._connection, [subject])
            except RegistryError:
                self._said.tampered("V7", N_("Ключ человека изменён: его данные не открываются."))
        return keys

    def _hold(
        self, index: int | None, leaf: Leaf, rows: Mapping[int, Row[Any]], keys: Mapping[UUID, SubjectKey]
    ) -> None:
        place = (index, leaf.id)
        committed = {number: slot for number, slot in enumerate(leaf.slots) if slot.commitment is not None}
        if rows.keys() - committed.keys():
            self._said.tampered(
                "V7", N_("У события есть данные, о которых в листе ничего не сказано."), place
            )
        for number, slot in committed.items():
            row = rows.get(number)
            key = keys.get(as_uuid(row.subject) or NO_TENANT) if row else None
            if row is None or key is None:
                self._closed.append((_part(leaf, slot), place))
            elif not self._opens(leaf, number, as_bytes(row.sealed), key):
                self._said.tampered("V7", N_("Данные события не те, что были записаны."), place)
            else:
                self._hold_name(leaf, slot, key.subject, place)

    def _opens(self, leaf: Leaf, number: int, sealed: bytes, key: SubjectKey) -> bool:
        try:
            data = self._vault.open(key, opening_place(number, leaf.type), leaf.id, sealed)
        except RegistryError:
            return False
        made = commit(data[:SALT_BYTES], slot_tag(leaf.id, number, leaf.type), data[SALT_BYTES:])
        return made == leaf.slots[number].commitment

    def _hold_name(self, leaf: Leaf, slot: LeafSlot, subject: UUID, place: Place) -> None:
        if self._names.get(slot.subject) != (subject, leaf.tenant or NO_TENANT):
            self._said.tampered("V7", N_("Псевдоним в листе ведёт к другому человеку."), place)

    def finish(self) -> None:
        """Hold that every slot that does not open was erased, and that no opening hangs in the air."""
        for part, place in self._closed:
            if part[2] in self._erasures or part in self._parts:
                self.erased += 1
            else:
                self._said.tampered(
                    "V7", N_("Данные события не открываются, а записи об их уничтожении нет."), place
                )
        known = select(trail_event.c.event_id).where(trail_event.c.event_id == trail_opening.c.event_id)
        query = select(*raw(trail_opening.c.event_id)).where(~known.exists())
        for row in self._connection.execute(query):
            place = (None, as_uuid(row.event_id))
            self._said.tampered("V7", N_("Есть данные события, которого в журнале нет."), place)


def _part(leaf: Leaf, slot: LeafSlot) -> Part:
    return leaf.object.kind, leaf.object.id, slot.subject
