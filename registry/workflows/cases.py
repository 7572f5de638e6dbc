"""A case as a value: one run of a definition for one subject, and the lines of its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from registry.storage.schema import Json


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: the kind that the definition names, and the id in the room that owns it.

    Attributes:
        class_id: the class that it concerns, where it is one: tasks of tutors then are those of its own.
    """

    kind: str
    id: UUID
    class_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands.

    Attributes:
        digest: of the definition's version that the case runs on.
        revision: counts the changes, from 1; whoever changes a case names the revision that he saw.
        dates: days of this case that deadlines may hang on.
        entered_at: when the state was entered, on the legal clock (see `deadlines.legal_now`).
        due_at: when the next deadline passes, on the legal clock; none when nothing is due.
        due_line: the number of that deadline in the definition.
        late_at: from when it is overdue in its state, on the legal clock; none where it never is.
        due_turn: which of its times is next, from 0; none means the same as 0.
        parent_id: the case that this one is a sub-case of.
        set_moves: how many of its revisions were moves to another version in a set (see `own_version`).
        context: what the caller said with the step under way; empty when a case is only read.
    """

    id: UUID
    definition_id: str
    version: int
    digest: str
    state: str
    revision: int
    subject: Subject
    school_id: UUID | None
    assignee_role: str | None
    assignee_person: UUID | None
    dates: Mapping[str, date]
    entered_at: datetime
    due_at: datetime | None
    due_line: int | None
    started_at: datetime
    closed_at: datetime | None
    due_turn: int | None = None
    parent_id: UUID | None = None
    set_moves: int = 0
    context: Mapping[str, Json] = field(default_factory=dict)
    late_at: datetime | None = None


class Happening(StrEnum):
    """What a line of history tells."""

    STARTED = "started"
    MOVED = "moved"
    REMINDED = "reminded"
    SKIPPED = "skipped"
    ESCALATED = "escalated"
    HELD = "held"
    TAKEN = "taken"
    HANDED_OVER = "handed-over"
    PUT_BACK = "put-back"
    COMMENTED = "commented"
    MIGRATED = "migrated"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a case's history; its number is the revision that it made.

    Attributes:
        given_to: whose task the case became by it, where it was taken or handed over.
    """

    number: int
    kind: Happening
    source: str | None
    target: str
    transition: str | None
    actor_kind: str
    actor_id: UUID | None
    actor_role: str
    at: datetime
    reason: str | None
    given_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A guard's answer: the step is not possible now, in words (a text of the catalogue and its values)."""

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    code: str = "refused"


def own_version(case: Case) -> int:
    """The number of the case's last entry of its own in the trail: a set that moved has one entry for all."""
    return case.revision - case.set_moves


def facts(case: Case) -> dict[str, Json]:
    """The whole state of a case as the trail holds it: ids and names only."""
    parent = {} if case.parent_id is None else {"parent": str(case.parent_id)}
    return {
        **parent,
        "assignee_person": None if case.assignee_person is None else str(case.assignee_person),
        "assignee_role": case.assignee_role,
        "closed": case.closed_at is not None,
        "definition": case.definition_id,
        "digest": case.digest,
        "revision": case.revision,
        "state": case.state,
        "subject": str(case.subject.id),
        "subject_kind": case.subject.kind,
        "version": case.version,
    }
