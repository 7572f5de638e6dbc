"""The decision table: what the acts mean for one student in one programme on one day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.acts import Act, counting, has_lapsed, in_force
from registry.consents.rules.families import Family, MissingField, missing_fields
from registry.consents.rules.parts import (
    Answer,
    Part,
    Reason,
    guardians_part,
    own_data_part,
    student_part,
    together,
)
from registry.programmes.rules import NoticeKind, Programme, Role, age_on


class State(StrEnum):
    """What a student's case is."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    UNREACHABLE = "unreachable"
    PARTLY_GIVEN = "partly_given"
    INCOMPLETE = "incomplete"
    GIVEN = "given"
    REFUSED = "refused"
    CONFLICT = "conflict"
    WITHDRAWN = "withdrawn"
    NOT_REQUIRED = "not_required"

    @property
    def closed(self) -> bool:
        """Whether the student no longer keeps the school open."""
        return self in CLOSED

    @property
    def included(self) -> bool:
        """Whether the student goes into the message."""
        return self is State.GIVEN


CLOSED = frozenset({State.GIVEN, State.REFUSED, State.CONFLICT, State.WITHDRAWN, State.NOT_REQUIRED})
_STATE_OF = {
    Answer.REFUSED: State.REFUSED,
    Answer.WITHDRAWN: State.WITHDRAWN,
    Answer.CONFLICT: State.CONFLICT,
    Answer.PARTLY: State.PARTLY_GIVEN,
}


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody whose act is still awaited."""

    person: UUID
    notice: NoticeKind


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about one student.

    Attributes:
        reasons: why the state is what it is.
        missing: fields that a complete record still needs; empty for a closed case.
        awaited: whose act would move the case; empty for a closed one.
        acts: those that allow the disclosure; guardians: whose own data go with it. Of a given case only.
    """

    student: UUID
    state: State
    reasons: tuple[Reason, ...] = ()
    missing: tuple[MissingField, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    acts: tuple[UUID, ...] = ()
    guardians: tuple[UUID, ...] = ()


def decide(family: Family, acts: Sequence[Act], programme: Programme, day: date) -> Decision:
    """Apply the table to one student.

    Args:
        family: the student and his guardians as they are on the day.
        acts: every act about the student, in any order.
        programme: the version that the school takes part in.
        day: the legal day.

    Raises:
        ConflictError: the programme's signer rule is not in force yet.
    """
    left = _not_required(family, programme)
    if left:
        return Decision(family.student.person, State.NOT_REQUIRED, (left,))
    if family.birth_date is None:
        lacking = missing_fields(family.student, Role.STUDENT, programme.fields.student)
        return Decision(family.student.person, State.INCOMPLETE, (Reason.BIRTH_DATE_UNKNOWN,), lacking)
    age = age_on(family.birth_date, day, programme.age_reached)
    signers = programme.rule_on(day).at_age(age)
    every = counting(acts)
    counted = in_force(every, programme)
    parts = [
        guardians_part(family, counted, signers.guardians, day) if signers.guardians else None,
        student_part(family, counted) if signers.student else None,
    ]
    decided = together([one for one in parts if one])
    if decided.answer is not Answer.YES:
        return _asked_anew(_without_yes(family, programme, decided), every, programme)
    own = own_data_part(family, counted, programme.fields, programme.fields.guardians_with_data(age), day)
    return _asked_anew(_with_data(family, programme, decided, own), every, programme)


def _asked_anew(decision: Decision, every: Sequence[Act], programme: Programme) -> Decision:
    """Say of an open case whether it waits for somebody who gave on a text that counts no more."""
    awaited = {(one.person, one.notice) for one in decision.awaited}
    if any((one.signer, one.notice) in awaited and has_lapsed(one, programme) for one in every):
        return replace(decision, reasons=(*decision.reasons, Reason.TEXT_CHANGED))
    return decision


def _not_required(family: Family, programme: Programme) -> Reason | None:
    if not family.enrolled:
        return Reason.LEFT_ROSTER
    if family.opted_out:
        return Reason.OPTED_OUT
    return None if programme.concerns(family.grade) else Reason.GRADE_NOT_CONCERNED


def _without_yes(family: Family, programme: Programme, decided: Part) -> Decision:
    state = _STATE_OF.get(decided.answer) or _silent_state(family, decided)
    if state.closed:
        return Decision(family.student.person, state, decided.reasons)
    lacking = missing_fields(family.student, Role.STUDENT, programme.fields.student)
    return Decision(family.student.person, state, decided.reasons, lacking, _awaited(decided))


def _with_data(family: Family, programme: Programme, decided: Part, own: Part) -> Decision:
    student = family.student.person
    lacking = missing_fields(family.student, Role.STUDENT, programme.fields.student)
    if own.answer is Answer.REFUSED:
        return Decision(student, State.REFUSED, own.reasons)
    if own.answer is Answer.PARTLY:
        return Decision(student, State.PARTLY_GIVEN, own.reasons, own.missing + lacking, _awaited(own))
    if lacking:
        return Decision(student, State.INCOMPLETE, (Reason.STUDENT_DATA,), lacking)
    acts = tuple(one.id for one in decided.acts + own.acts)
    return Decision(student, State.GIVEN, acts=acts, guardians=tuple(one.signer for one in own.acts))


def _silent_state(family: Family, decided: Part) -> State:
    people = {person for person, _ in decided.awaited}
    asked = people & family.asked
    if not asked:
        return State.NOT_ASKED
    return State.UNREACHABLE if asked <= family.unreachable else State.ASKED


def _awaited(part: Part) -> tuple[Awaited, ...]:
    return tuple(Awaited(person, notice) for person, notice in part.awaited)
