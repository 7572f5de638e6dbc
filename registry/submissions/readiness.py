"""Readiness: who still keeps a class or the school open, and why; a fixed number of statements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from registry.consents.decisions import Decided, decisions_of
from registry.consents.models.checks import papers_waiting
from registry.consents.rules.decisions import Awaited, State
from registry.people.models.batches import HeldRow, held_rows_of
from registry.work import Work


@dataclass(slots=True)
class ClassReadiness:
    """One class: how many students are closed, and those who are not."""

    class_id: UUID
    name: str
    states: Counter[State] = field(default_factory=Counter)
    waiting: list[Decided] = field(default_factory=list)
    held: list[HeldRow] = field(default_factory=list)
    """Rows of approved lists that were left out because of errors."""

    @property
    def total(self) -> int:
        """Number of students on the roster."""
        return sum(self.states.values())

    @property
    def closed(self) -> int:
        """Number of students with a decision."""
        return self.total - len(self.waiting)


@dataclass(frozen=True, slots=True)
class Readiness:
    """A school in a programme on a day."""

    day: date
    classes: Sequence[ClassReadiness]
    held: Sequence[HeldRow] = ()
    papers: Mapping[UUID, frozenset[Awaited]] = field(default_factory=dict)
    """What was said on papers that wait for a second person, by student: it is known, and does not count."""

    @property
    def checking(self) -> frozenset[UUID]:
        """Students of whom a paper waits for a second person."""
        return frozenset(self.papers)

    @property
    def total(self) -> int:
        """Number of students on the roster."""
        return sum(one.total for one in self.classes)

    @property
    def waiting(self) -> int:
        """Number of students who keep the school open."""
        return sum(len(one.waiting) for one in self.classes)

    @property
    def states(self) -> Counter[State]:
        """Students by state."""
        return sum((one.states for one in self.classes), Counter())

    @property
    def ready(self) -> bool:
        """Whether the registry may be prepared: everybody is there and decided, and no paper waits."""
        return self.total > 0 and self.waiting == 0 and not self.held and not self.checking


def readiness(work: Work, school_id: UUID, programme: str) -> Readiness:
    """Evaluate every student of a school today."""
    classes: dict[UUID, ClassReadiness] = {}
    for one in decisions_of(work, school_id, programme):
        family = one.family
        found = classes.setdefault(family.class_id, ClassReadiness(family.class_id, str(family.class_name)))
        found.states[one.decision.state] += 1
        if not one.decision.state.closed:
            found.waiting.append(one)
    held = held_rows_of(work.connection, work.vault, school_id)
    for room in classes.values():
        room.held = [one for one in held if one.class_name == room.name]
    papers = papers_waiting(work.connection, school_id, programme)
    return Readiness(work.today, list(classes.values()), held, papers)
