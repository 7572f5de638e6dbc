"""Pseudonyms: what leaves call a person, random for each person and school, forgotten at erasure.

They are looked up together with the persons' keys: the write path needs both, and a round trip costs more
than all of its arithmetic.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.queries import among
from registry.storage.vault import subject_keys
from registry.trail.leaf import PSEUDONYM_BYTES
from registry.trail.models import trail_object, trail_opening, trail_pseudonym

NO_TENANT = UUID(int=0)

_find = (
    select(trail_pseudonym.c.subject, trail_pseudonym.c.ref, subject_keys.c.wrapped)
    .select_from(trail_pseudonym.outerjoin(subject_keys, subject_keys.c.subject == trail_pseudonym.c.subject))
    .where(
        trail_pseudonym.c.tenant == bindparam("of_tenant"),
    )
)
_find_any = _find.where(trail_pseudonym.c.subject.in_(bindparam("subjects", expanding=True)))
# Most entries are about one or two persons, and a list of any length is spelled out anew for each execution.
_pair = [bindparam(name, type_=trail_pseudonym.c.subject.type) for name in ("one", "other")]
_find_two = _find.where(trail_pseudonym.c.subject.in_(_pair))
TWO = 2
_subject = bindparam("of_subject", type_=subject_keys.c.subject.type)
_wrapped = select(subject_keys.c.wrapped).where(subject_keys.c.subject == _subject).scalar_subquery()
_add = {
    name: dialect.insert(trail_pseudonym)
    .values(subject=_subject, tenant=bindparam("of_tenant"), ref=bindparam("new_ref"))
    .on_conflict_do_nothing()
    .returning(trail_pseudonym.c.subject, trail_pseudonym.c.ref, _wrapped.label("wrapped"))
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the trail calls a person, and the person's key still wrapped; None when it is destroyed."""

    ref: bytes
    wrapped: bytes | None


class Acquaintances:
    """Whom one transaction has looked up already: what it writes next is mostly about the same persons.

    A person whose key was missing is looked up again; and whoever destroys a person records nothing about
    him afterwards in the same transaction.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[UUID | None, dict[UUID, Known]] = {}

    def meet(self, tenant: UUID | None, met: Mapping[UUID, Known]) -> None:
        """Keep whom a statement of another room brought along."""
        self._known.setdefault(tenant, {}).update(met)

    def look_up(
        self, connection: Connection, tenant: UUID | None, subjects: Collection[UUID]
    ) -> Mapping[UUID, Known]:
        """Find some persons in a school, as `look_up` does."""
        here = self._known.setdefault(tenant, {})
        met = look_up(connection, tenant, set(subjects) - here.keys())
        here |= {subject: one for subject, one in met.items() if one.wrapped is not None}
        return here | met


def look_up(connection: Connection, tenant: UUID | None, subjects: Collection[UUID]) -> dict[UUID, Known]:
    """Find some persons in a school; a pseudonym is made where it is missing."""
    if not subjects:
        return {}
    found = _found(connection, tenant, subjects)
    for subject in sorted(set(subjects) - found.keys()):
        # In one order, and yielding to who was first: two transactions that meet cannot wait for each other.
        row = {
            "of_subject": subject,
            "of_tenant": tenant or NO_TENANT,
            "new_ref": os.urandom(PSEUDONYM_BYTES),
        }
        made = connection.execute(_add[connection.dialect.name], row).first()
        found |= _known([made]) if made else _found(connection, tenant, [subject])
    return found


def _found(connection: Connection, tenant: UUID | None, subjects: Collection[UUID]) -> dict[UUID, Known]:
    ids, values = list(subjects), {"of_tenant": tenant or NO_TENANT}
    if len(ids) <= TWO:
        return _known(connection.execute(_find_two, values | {"one": ids[0], "other": ids[-1]}))
    return _known(connection.execute(_find_any, values | {"subjects": ids}))


def _known(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[UUID, Known]:
    return {subject: Known(ref, wrapped) for subject, ref, wrapped in rows}


def forget(connection: Connection, subject: UUID) -> None:
    """Destroy what the trail can read about a person: the openings and the pseudonyms.

    Call it after `subject.erased` was recorded with an empty slot (payload None) of this person, once in each
    tenant where he has a pseudonym (`tenants_of`): the verifier takes only that for a reason.
    """
    connection.execute(delete(trail_opening).where(trail_opening.c.subject == subject))
    connection.execute(delete(trail_pseudonym).where(trail_pseudonym.c.subject == subject))


def forget_objects(connection: Connection, kind: str, ids: Collection[UUID]) -> int:
    """Destroy what the trail can read in the entries that brought some objects to where they stand.

    The pseudonyms stay: other entries about the same persons are readable as before. Call it after
    `evidence.erased` was recorded for each object with empty slots of those persons: the verifier takes only
    that for a reason. Gives the number of openings destroyed.
    """
    events = select(trail_object.c.event_id).where(
        trail_object.c.kind == kind, among(connection, trail_object.c.id, ids)
    )
    gone = connection.execute(delete(trail_opening).where(trail_opening.c.event_id.in_(events)))
    return gone.rowcount


def tenants_of(connection: Connection, subject: UUID) -> list[UUID | None]:
    """Name the schools (None: no school) in whose entries a person has a pseudonym."""
    rows = connection.execute(
        select(trail_pseudonym.c.tenant).where(trail_pseudonym.c.subject == subject)
    ).scalars()
    return [None if tenant == NO_TENANT else tenant for tenant in rows]
