"""The parts of a decision: the guardians for the child, the student for himself, a guardian's own data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.acts import NO, Act, ActKind, Standing, last_of, latest
from registry.consents.rules.families import Family, Guardian, MissingField, missing_fields
from registry.programmes.rules import FieldSet, NoticeKind, Quorum, Role


class Reason(StrEnum):
    """Why a case is where it is."""

    LEFT_ROSTER = "left_roster"
    GRADE_NOT_CONCERNED = "grade_not_concerned"
    OPTED_OUT = "opted_out"
    BIRTH_DATE_UNKNOWN = "birth_date_unknown"
    NO_GUARDIAN = "no_guardian"
    GUARDIAN_SILENT = "guardian_silent"
    GUARDIAN_REFUSED = "guardian_refused"
    GUARDIAN_WITHDREW = "guardian_withdrew"
    GUARDIANS_DIFFER = "guardians_differ"
    STUDENT_SILENT = "student_silent"
    STUDENT_REFUSED = "student_refused"
    STUDENT_WITHDREW = "student_withdrew"
    STUDENT_DATA = "student_data"
    OWN_DATA_AWAITED = "own_data_awaited"
    OWN_DATA_REFUSED = "own_data_refused"
    OWN_DATA_INCOMPLETE = "own_data_incomplete"
    TEXT_CHANGED = "text_changed"


class Answer(StrEnum):
    """What one part, or all together, says."""

    YES = "yes"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    PARTLY = "partly"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the table, answered.

    Attributes:
        acts: the acts that the answer stands on. awaited: whose act on which notice would move it.
        missing: fields of guardians who gave, but whose data are not complete.
    """

    answer: Answer
    reasons: tuple[Reason, ...] = ()
    acts: tuple[Act, ...] = ()
    awaited: tuple[tuple[UUID, NoticeKind], ...] = ()
    missing: tuple[MissingField, ...] = ()


_NO_ANSWER = {ActKind.REFUSED: Answer.REFUSED, ActKind.WITHDRAWN: Answer.WITHDRAWN}
_GUARDIAN_NO = {ActKind.REFUSED: Reason.GUARDIAN_REFUSED, ActKind.WITHDRAWN: Reason.GUARDIAN_WITHDREW}
_STUDENT_NO = {ActKind.REFUSED: Reason.STUDENT_REFUSED, ActKind.WITHDRAWN: Reason.STUDENT_WITHDREW}


def guardians_part(family: Family, acts: Sequence[Act], quorum: Quorum, day: date) -> Part:
    """Answer for the guardians with authority on the day.

    Args:
        family: the student and the guardians.
        acts: those that count, in their order.
        quorum: how many must have given.
        day: the legal day.
    """
    notice = NoticeKind.STUDENT_BY_GUARDIAN
    people = [one.person for one in family.with_authority(day)]
    last = {person: last_of(acts, notice, person) for person in people}
    spoken = {person: act for person, act in last.items() if act}
    given = tuple(act for act in spoken.values() if act.kind is ActKind.GIVEN)
    if given and len(given) < len(spoken):
        return _settled(family, spoken)
    if spoken and not given:
        return _no(tuple(spoken.values()), _GUARDIAN_NO)
    silent = tuple((person, notice) for person in people if person not in spoken)
    if given and (quorum is Quorum.ANY or not silent):
        return Part(Answer.YES, acts=given)
    reason = Reason.GUARDIAN_SILENT if people else Reason.NO_GUARDIAN
    return Part(Answer.PARTLY if given else Answer.SILENT, (reason,), given, silent)


def student_part(family: Family, acts: Sequence[Act]) -> Part:
    """Answer for the student himself."""
    person = family.student.person
    act = last_of(acts, NoticeKind.STUDENT_SELF, person)
    if act is None:
        return Part(Answer.SILENT, (Reason.STUDENT_SILENT,), awaited=((person, NoticeKind.STUDENT_SELF),))
    if act.kind is ActKind.GIVEN:
        return Part(Answer.YES, acts=(act,))
    return _no((act,), _STUDENT_NO)


def together(parts: Sequence[Part]) -> Part:
    """Put the parts together: a no at once, a conflict before silence, a yes only from all."""
    noes = [one for one in parts if one.answer in (Answer.REFUSED, Answer.WITHDRAWN)]
    if noes:
        last = latest([act for one in noes for act in one.acts])
        return next(one for one in noes if last in one.acts)
    for one in parts:
        if one.answer is Answer.CONFLICT:
            return one
    answers = {one.answer for one in parts}
    return Part(
        answers.pop() if len(answers) == 1 else Answer.PARTLY,
        tuple(reason for one in parts for reason in one.reasons),
        tuple(act for one in parts for act in one.acts),
        tuple(who for one in parts for who in one.awaited),
    )


def own_data_part(family: Family, acts: Sequence[Act], fields: FieldSet, needed: int, day: date) -> Part:
    """Answer for the guardians' own data, of which the message needs some number of records."""
    if needed == 0:
        return Part(Answer.YES)
    guardians = family.with_authority(day)
    last = {one.person: last_of(acts, NoticeKind.GUARDIAN_SELF, one.person) for one in guardians}
    gave = [one for one in guardians if _stands(last[one.person]) is Standing.GIVEN]
    lacking = {one.person: missing_fields(one.card, Role.GUARDIAN, fields.guardian) for one in gave}
    whole = tuple(act for one in gave if (act := last[one.person]) and not lacking[one.person])
    if len(whole) >= needed:
        return Part(Answer.YES, acts=whole)
    if guardians and all(_stands(act) in NO for act in last.values()):
        return Part(Answer.REFUSED, (Reason.OWN_DATA_REFUSED,))
    return _own_data_awaited(guardians, last, tuple(one for found in lacking.values() for one in found))


def _own_data_awaited(
    guardians: Sequence[Guardian], last: dict[UUID, Act | None], missing: tuple[MissingField, ...]
) -> Part:
    silent = tuple((one.person, NoticeKind.GUARDIAN_SELF) for one in guardians if last[one.person] is None)
    reason = Reason.OWN_DATA_INCOMPLETE if missing else Reason.OWN_DATA_AWAITED
    return Part(Answer.PARTLY, (reason,), awaited=silent, missing=missing)


def _settled(family: Family, spoken: dict[UUID, Act]) -> Part:
    """Let the document on a conflict say whose act stands; without one the conflict stays."""
    act = spoken.get(family.settled_by) if family.settled_by else None
    if act is None:
        return Part(Answer.CONFLICT, (Reason.GUARDIANS_DIFFER,), tuple(spoken.values()))
    if act.kind is ActKind.GIVEN:
        return Part(Answer.YES, acts=(act,))
    return _no((act,), _GUARDIAN_NO)


def _no(acts: tuple[Act, ...], reasons: dict[ActKind, Reason]) -> Part:
    kind = latest(acts).kind
    return Part(_NO_ANSWER[kind], (reasons[kind],), acts)


def _stands(act: Act | None) -> Standing:
    return Standing(act.kind) if act else Standing.SILENT
