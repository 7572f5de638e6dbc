"""Objects: each chain of states has no gap and ends in its head, and the head is what the room holds now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from registry.errors import N_, RegistryError
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.append import salt_place
from registry.trail.canonical import canonical
from registry.trail.commitment import commit, state_tag
from registry.trail.entries import ENDED, ObjectRef
from registry.trail.leaf import Leaf
from registry.trail.models import trail_object
from registry.trail.verify.findings import Reporter
from registry.trail.verify.raw import as_bytes, as_int, as_text, as_uuid, raw

State = Mapping[str, Json]
Forms = tuple[State, ...]
"""The present state as earlier versions of the registry would have recorded it, too: one of them must fit."""
Reader = Callable[[Connection, Vault], Iterable[tuple[UUID, int, State | Forms]]]
Name = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Link:
    """The last known state of an object: its version, the commitments, and where it was recorded."""

    version: int
    pre: bytes | None
    post: bytes
    event_id: UUID
    index: int | None


class ObjectCheck:
    """Follows the leaves and folds them into the last state of every object."""

    def __init__(self, connection: Connection, vault: Vault, said: Reporter) -> None:
        self._connection = connection
        self._vault = vault
        self._said = said
        self._last: dict[Name, Link] = {}
        self._salts: dict[Name, bytes] = {}

    def follow(self, leaves: Sequence[tuple[int | None, Leaf]]) -> None:
        """Fold some leaves in."""
        for index, leaf in leaves:
            if leaf.post is not None:
                self._fold(index, leaf, leaf.post)

    def _fold(self, index: int | None, leaf: Leaf, post: bytes) -> None:
        name, of = (leaf.object.kind, leaf.object.id), leaf.object
        before = self._last.get(name)
        expected = (before.version + 1, before.post) if before else (1, None)
        if (of.version, leaf.pre) != expected:
            text = N_("Цепочка состояний прервана: %(kind)s, версия %(version)s не продолжает прежнюю.")
            self._said.tampered("V9", text, (index, leaf.id), kind=of.kind, version=of.version)
        self._last[name] = Link(of.version, leaf.pre, post, leaf.id, index)

    def finish(self, readers: Mapping[str, Reader]) -> None:
        """Hold heads against chains, then what the rooms hold now against heads."""
        seen: set[Name] = set()
        columns = raw(*trail_object.c)
        for row in self._connection.execute(select(*columns)):
            name = (as_text(row.kind), as_uuid(row.id) or UUID(int=0))
            seen.add(name)
            self._hold_head(name, row)
        for name in self._last.keys() - seen:
            link = self._last[name]
            text = N_("Последнее состояние объекта (%(kind)s) удалено.")
            self._said.tampered("V9", text, (link.index, link.event_id), kind=name[0])
        for kind, reader in readers.items():
            self._hold_states(kind, reader)

    def _hold_head(self, name: Name, row: Row[Any]) -> None:
        link = self._last.get(name)
        stored = (
            as_int(row.version),
            None if row.pre is None else as_bytes(row.pre),
            as_bytes(row.post),
            as_uuid(row.event_id),
        )
        place = (link.index, link.event_id) if link else (None, as_uuid(row.event_id))
        if link is None or stored != (link.version, link.pre, link.post, link.event_id):
            text = N_("Последнее состояние объекта (%(kind)s) не то, что в журнале.")
            self._said.tampered("V9", text, place, kind=name[0])
        try:
            self._salts[name] = self._vault.open_shared(salt_place(name[0]), name[1], as_bytes(row.salt))
        except RegistryError:
            text = N_("Ключ состояния объекта (%(kind)s) изменён: состояние нельзя сверить.")
            self._said.tampered("V9", text, place, kind=name[0])

    def _hold_states(self, kind: str, reader: Reader) -> None:
        """Hold every object of one kind; one that is gone must have ended in the trail."""
        standing: set[UUID] = set()
        for object_id, version, state in reader(self._connection, self._vault):
            standing.add(object_id)
            link = self._last.get((kind, object_id))
            if link is None:
                text = N_("Объект %(kind)s %(id)s появился мимо журнала.")
                self._said.tampered("V8", text, kind=kind, id=object_id)
            elif not self._is_one(ObjectRef(kind, object_id, version), link, state):
                self._say_changed(kind, object_id, link)
        for name, link in self._last.items():
            if name[0] == kind and name[1] not in standing:
                self._hold_ended(ObjectRef(kind, name[1], link.version), link)

    def _hold_ended(self, of: ObjectRef, link: Link) -> None:
        if not self._is(of, link, ENDED):
            text = N_("Объект %(kind)s %(id)s удалён мимо журнала.")
            self._said.tampered("V8", text, (link.index, link.event_id), kind=of.kind, id=of.id)

    def _is_one(self, of: ObjectRef, link: Link, state: State | Forms) -> bool:
        forms = state if isinstance(state, tuple) else (state,)
        return any(self._is(of, link, form) for form in forms)

    def _is(self, of: ObjectRef, link: Link, state: State) -> bool:
        salt = self._salts.get((of.kind, of.id))
        if salt is None or of.version != link.version:
            return False
        try:
            return commit(salt, state_tag(of), canonical(state)) == link.post
        except (TypeError, ValueError):
            return False

    def _say_changed(self, kind: str, object_id: UUID, link: Link) -> None:
        text = N_("Объект %(kind)s %(id)s изменён мимо журнала: его состояние не то, что записано.")
        self._said.tampered("V8", text, (link.index, link.event_id), kind=kind, id=object_id)
