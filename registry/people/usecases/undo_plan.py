"""What taking an approved list back would do: decided from what it did and from what stands now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.people.contacts import ContactKind
from registry.people.holds import Hold
from registry.people.models.changes import Change, ChangeKind
from registry.people.models.persons import NAMES, SEALED, Contact, Person
from registry.people.models.undoing import StandingEnrolment, StandingTie
from registry.people.usecases.noting import plain

FIELDS = (*NAMES, *SEALED, *(kind.value for kind in ContactKind))


class Kept(StrEnum):
    """Why something of a list is kept."""

    ACT = Hold.ACT.value
    SUBMISSION = Hold.SUBMISSION.value
    CHANGED = "changed"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Present:
    """What stands now around the people of a list.

    Attributes:
        persons: by id; who was erased is not here.
        enrolments: open ones, by id.
        ties: by id.
        holds: on whom something stands that was made since the approval.
        taken: pairs of field and value that stood before the list and are somebody else's now.
    """

    persons: Mapping[UUID, Person]
    enrolments: Mapping[UUID, StandingEnrolment]
    ties: Mapping[UUID, StandingTie]
    holds: Mapping[UUID, Hold]
    taken: frozenset[tuple[UUID, str]] = frozenset()


@dataclass(slots=True)
class Plan:
    """What would be done.

    Attributes:
        leaving: enrolments that end. moving: students who go back to another class.
        untying: guardianships that go. released: people who have no place any more.
        restoring: fields that go back, by the change of the person.
        kept: what of a change stays and why: pairs of reason and field.
    """

    leaving: list[Change] = field(default_factory=list)
    moving: list[Change] = field(default_factory=list)
    untying: list[Change] = field(default_factory=list)
    released: list[UUID] = field(default_factory=list)
    restoring: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    kept: dict[UUID, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to take back."""
        return not (self.leaving or self.moving or self.untying or self.restoring)

    @property
    def counts(self) -> dict[str, int]:
        """How much would be done and how much stays."""
        return {
            "left": len(self.leaving),
            "restored": len(self.restoring) + len(self.moving),
            "untied": len(self.untying),
            "kept": len(self.kept),
        }


class Planner:
    """Goes through the changes of a list and decides on each."""

    def __init__(self, changes: Sequence[Change], present: Present) -> None:
        self._of: dict[ChangeKind, list[Change]] = defaultdict(list)
        for one in changes:
            self._of[one.kind].append(one)
        self._present = present
        self._added = {one.person_id: one for one in self._of[ChangeKind.ADDED]}
        self._own_ties = {one.object_id for one in self._of[ChangeKind.TIED]}
        self._ties: dict[UUID, list[StandingTie]] = defaultdict(list)
        for tie in present.ties.values():
            self._ties[tie.student_id].append(tie)
        self._wards: dict[UUID, list[UUID]] = defaultdict(list)
        for tie in present.ties.values():
            self._wards[tie.guardian_id].append(tie.student_id)

    def plan(self) -> Plan:
        """Decide on everything."""
        plan = Plan()
        for one in self._of[ChangeKind.ENROLLED]:
            self._sort(plan, plan.leaving, one, self._why_stays(one))
        for one in self._of[ChangeKind.MOVED]:
            self._sort(plan, plan.moving, one, self._why_not_back(one))
        for one in self._of[ChangeKind.TIED]:
            self._plan_tie(plan, one)
        for one in self._of[ChangeKind.CHANGED]:
            self._plan_fields(plan, one)
        plan.released = self._released(plan)
        return plan

    def _sort(self, plan: Plan, to: list[Change], one: Change, why: str | None) -> None:
        if why is None:
            to.append(one)
        else:
            plan.kept[one.id] = [(why, "")]

    def _why_stays(self, one: Change) -> str | None:
        """Say why a student whom the list brought may not be taken away."""
        student = _person(one)
        if student in self._present.holds:
            return self._present.holds[student].value
        ties = self._ties[student]
        people = [student, *(tie.guardian_id for tie in ties)]
        touched = (
            not self._stands_as_told(one)
            or any(self._was_edited(person) for person in people)
            or any(tie.id in self._own_ties and not tie.untouched for tie in ties)
            or (student in self._added and any(tie.id not in self._own_ties for tie in ties))
        )
        return Kept.CHANGED.value if touched else None

    def _why_not_back(self, one: Change) -> str | None:
        student = _person(one)
        if student in self._present.holds:
            return self._present.holds[student].value
        return None if self._stands_as_told(one) else Kept.CHANGED.value

    def _stands_as_told(self, one: Change) -> bool:
        found = self._present.enrolments.get(one.object_id) if one.object_id else None
        return found is not None and found.class_name == one.class_name

    def _was_edited(self, person_id: UUID) -> bool:
        """Whether somebody whom the list made is another than the list said."""
        made, person = self._added.get(person_id), self._present.persons.get(person_id)
        if made is None or person is None:
            return False
        return any(not holds(person, name, made.said["after"].get(name)) for name in FIELDS)

    def _plan_tie(self, plan: Plan, one: Change) -> None:
        """A guardianship goes with its student; given to one who was there before, it goes by itself."""
        tie = self._present.ties.get(one.object_id) if one.object_id else None
        if tie is None:
            return
        enrolled = {_person(of): of for of in self._of[ChangeKind.ENROLLED]}
        if tie.student_id in enrolled:
            if enrolled[tie.student_id].id not in plan.kept:
                plan.untying.append(one)
            return
        hold = self._present.holds.get(tie.student_id)
        why = hold.value if hold else None if tie.untouched else Kept.CHANGED.value
        self._sort(plan, plan.untying, one, why)

    def _plan_fields(self, plan: Plan, one: Change) -> None:
        """Fields of people who were there before go back one by one."""
        person_id = _person(one)
        person, hold = self._present.persons[person_id], self._hold_on(person_id)
        back: dict[str, Any] = {}
        for name, before in one.said["before"].items():
            if hold is not None:
                why = hold.value
            elif not holds(person, name, one.said["after"][name]):
                why = Kept.CHANGED.value
            elif (person_id, name) in self._present.taken:
                why = Kept.TAKEN.value
            else:
                back[name] = before
                continue
            plan.kept.setdefault(one.id, []).append((why, name))
        if back:
            plan.restoring[one.id] = back

    def _hold_on(self, person_id: UUID) -> Hold | None:
        """What stands on somebody: on himself, or on a student whom he represents."""
        people = [person_id, *self._wards[person_id]]
        return next((self._present.holds[one] for one in people if one in self._present.holds), None)

    def _released(self, plan: Plan) -> list[UUID]:
        """Whom the list made and nobody needs any more: no school, no child, nothing that stands on him."""
        ended, untied = {one.object_id for one in plan.leaving}, {one.object_id for one in plan.untying}
        needed = {one.person_id for one in self._present.enrolments.values() if one.id not in ended}
        for tie in self._present.ties.values():
            if tie.id not in untied:
                needed |= {tie.student_id, tie.guardian_id}
        needed |= self._present.holds.keys()
        return [one for one in self._present.persons if one in self._added and one not in needed]


def _person(one: Change) -> UUID:
    assert one.person_id is not None  # noqa: S101 - only a class has none
    return one.person_id


def holds(person: Person, name: str, told: str | None) -> bool:
    """Whether a field of a person is still what a list said; a contact that was confirmed since is not."""
    value = getattr(person, name)
    if isinstance(value, Contact):
        return value.value == told and value.confirmed_at is None
    return plain(value) == told


def wanted_back(changes: Iterable[Change]) -> list[tuple[UUID, str, str]]:
    """List the numbers and contacts that stood before a list: person, field, value."""
    found = []
    for one in changes:
        for name, before in one.said.get("before", {}).items() if one.kind is ChangeKind.CHANGED else ():
            value = before.get("value") if isinstance(before, dict) else before
            if value is not None and name in {"snils", *ContactKind}:
                found.append((_person(one), name, str(value)))
    return found
