"""What approved batches did, change by change, sealed under the keys of the persons whom it concerns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from registry.people.models.batches import Batch, BatchState
from registry.people.models.tables import roster_batches, roster_changes
from registry.storage.schema import Json
from registry.storage.vault import SubjectKey, Vault
from registry.workflows.models import cases

_SAID, _SHEET = "roster_changes.said", "roster_changes.sheet"


class ChangeKind(StrEnum):
    """What a change did.

    Attributes:
        TOLD: the file told of a class; it released the rows that an earlier file had held back for it.
        ADDED: a person was made. CHANGED: fields of a person were written over.
        ENROLLED: a student came to the school. MOVED: he came into another class of it.
        TIED: a guardian was given to a student.
    """

    TOLD = "told"
    ADDED = "added"
    CHANGED = "changed"
    ENROLLED = "enrolled"
    MOVED = "moved"
    TIED = "tied"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a batch.

    Attributes:
        person_id: whom it concerns (of a tie, the student); none for a class.
        object_id: the enrolment or the guardianship.
        said: values before and after, as each kind needs them.
        kept: once the batch was undone, what of the change was kept: pairs of reason and field.
    """

    id: UUID
    kind: ChangeKind
    person_id: UUID | None
    object_id: UUID | None
    class_name: str
    sheet: str
    row: int
    said: Mapping[str, Any] = field(default_factory=dict)
    kept: Sequence[tuple[str, str]] = ()


def add_changes(
    connection: Connection, vault: Vault, batch: Batch, made: tuple[int, Sequence[Change]]
) -> None:
    """Store what a batch did, in order, after so many that are stored already; two statements."""
    first, changes = made
    keys = vault.keys_of(connection, {one.person_id for one in changes if one.person_id and one.said})
    rows = [
        {
            "id": one.id,
            "school_id": batch.school_id,
            "batch_id": batch.id,
            "number": number,
            "kind": one.kind.value,
            "person_id": one.person_id,
            "object_id": one.object_id,
            "class_name": one.class_name,
            "sheet": vault.seal_shared(_SHEET, one.id, one.sheet),
            "row": one.row,
            "said": _sealed(vault, keys, one),
        }
        for number, one in enumerate(changes, first)
    ]
    if rows:
        connection.execute(insert(roster_changes), rows)


def _sealed(vault: Vault, keys: Mapping[UUID, SubjectKey], one: Change) -> bytes | None:
    if not one.said:
        return None
    text = json.dumps(one.said, ensure_ascii=False)
    if one.person_id is None:
        return vault.seal_shared(_SAID, one.id, text)
    return vault.seal(keys[one.person_id], _SAID, one.id, text)


def changes_of(connection: Connection, vault: Vault, batch: Batch) -> list[Change]:
    """Read what a batch did, in order; who was erased since is not in it. Two statements."""
    mine = select(roster_changes).where(
        roster_changes.c.school_id == batch.school_id, roster_changes.c.batch_id == batch.id
    )
    rows = connection.execute(mine.order_by(roster_changes.c.number)).all()
    keys = vault.keys_of(connection, {row.person_id for row in rows if row.person_id})
    return [_opened(vault, keys, row) for row in rows if row.person_id is None or row.person_id in keys]


def _opened(vault: Vault, keys: Mapping[UUID, SubjectKey], row: Row[Any]) -> Change:
    return Change(
        row.id,
        ChangeKind(row.kind),
        row.person_id,
        row.object_id,
        row.class_name,
        vault.open_shared(_SHEET, row.id, row.sheet).decode(),
        row.row,
        _said(vault, keys, row),
        tuple((reason, name) for reason, name in row.kept or ()),
    )


def _said(vault: Vault, keys: Mapping[UUID, SubjectKey], row: Row[Any]) -> dict[str, Any]:
    if row.said is None:
        return {}
    if row.person_id is None:
        opened = vault.open_shared(_SAID, row.id, row.said)
    else:
        opened = vault.open(keys[row.person_id], _SAID, row.id, row.said)
    found: dict[str, Any] = json.loads(opened)
    return found


def note_kept(connection: Connection, kept: Mapping[UUID, Sequence[tuple[str, str]]]) -> None:
    """Write down what of an undone batch was kept, by the id of the change; one statement."""
    rows: list[dict[str, Json | UUID]] = [
        {"change": change_id, "why": [list(one) for one in why]} for change_id, why in kept.items()
    ]
    noted = update(roster_changes).where(
        roster_changes.c.id == bindparam("change", type_=roster_changes.c.id.type)
    )
    if rows:
        connection.execute(noted.values(kept=bindparam("why", type_=roster_changes.c.kept.type)), rows)


def classes_told_later(connection: Connection, batch: Batch) -> list[str]:
    """Name the classes of a batch of which a batch approved after it tells too, and still stands."""
    if batch.decided_at is None:
        return []
    own = select(roster_changes.c.class_name).where(
        roster_changes.c.batch_id == batch.id, roster_changes.c.kind == ChangeKind.TOLD.value
    )
    later = (
        select(roster_changes.c.class_name)
        .join(roster_batches, roster_batches.c.id == roster_changes.c.batch_id)
        .join(cases, cases.c.id == roster_batches.c.case_id)
        .where(
            roster_changes.c.school_id == batch.school_id,
            roster_changes.c.kind == ChangeKind.TOLD.value,
            roster_changes.c.class_name.in_(own),
            roster_batches.c.id != batch.id,
            roster_batches.c.decided_at >= batch.decided_at,
            cases.c.state.in_([BatchState.APPROVED, BatchState.SETTLED]),
        )
    )
    return sorted(set(connection.execute(later).scalars()))
