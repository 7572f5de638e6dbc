"""Tying guardians to students as an approved list says it, and storing many rows in parts."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, insert, select

from registry.people.models.changes import ChangeKind
from registry.people.models.tables import guardianships
from registry.people.relations import Relation
from registry.people.rosters.review import ReviewedRow
from registry.people.usecases.noting import Notes
from registry.storage import collector
from registry.storage.queries import among, batched
from registry.storage.vault import SubjectKey
from registry.work import Work

AT_ONCE = 2_000
"""People or ties in one round of statements: a long list costs no more memory than a part of it."""


def insert_in_parts(work: Work, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Store rows of a table, a part at a time."""
    for part in batched(rows, AT_ONCE):
        with collector.at_rest():
            work.connection.execute(insert(table), part)


class Tie(NamedTuple):
    """A guardian of a student, as the file says it."""

    student_id: UUID
    guardian_id: UUID
    relation: Relation
    row: ReviewedRow


def ties_of(rows: Iterable[ReviewedRow], ids: Mapping[int, UUID]) -> list[Tie]:
    """Gather who is whose guardian; `ids` are the persons by their identity in the list."""
    return [
        Tie(ids[row.people[0].identity], ids[guardian.identity], guardian.draft.relation, row)
        for row in rows
        for guardian in row.people[1:]
        if guardian.draft.relation is not None
    ]


def tie(work: Work, notes: Notes, ties: list[Tie]) -> None:
    """Store the ties that do not stand yet, and note each."""
    known = work.connection.execute(
        select(guardianships.c.student_id, guardianships.c.guardian_id).where(
            among(work.connection, guardianships.c.student_id, {tie.student_id for tie in ties})
        )
    )
    held = {(row.student_id, row.guardian_id) for row in known}
    fresh = [tie for tie in ties if (tie.student_id, tie.guardian_id) not in held]
    documented = {tie.guardian_id for tie in fresh if tie.relation.document}
    keys = work.vault.keys_of(work.connection, documented) if documented else {}
    insert_in_parts(work, guardianships, (_noted(notes, tie, _tie_row(work, tie, keys)) for tie in fresh))


def _noted(notes: Notes, tie: Tie, row: dict[str, Any]) -> dict[str, Any]:
    notes.add(ChangeKind.TIED, tie.row, (tie.student_id, row["id"]), {})
    return row


def _tie_row(work: Work, tie: Tie, keys: Mapping[UUID, SubjectKey]) -> dict[str, Any]:
    tie_id, document = work.new_id(), tie.relation.document
    place = "guardianships.authority_document"
    sealed = work.vault.seal(keys[tie.guardian_id], place, tie_id, document) if document else None
    return {
        "id": tie_id,
        "student_id": tie.student_id,
        "guardian_id": tie.guardian_id,
        "relation": tie.relation.kind.value,
        "authority_document": sealed,
        "valid_from": work.today,
        "barred": False,
        "version": 0,
    }
