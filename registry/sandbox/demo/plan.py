"""Who does what in the demo: a seeded mix of answers for the people of a school's file."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.people.rosters.drafts import PersonDraft
from registry.people.rosters.findings import Level
from registry.people.rosters.review import Review
from registry.programmes.rules import ADULT_FROM, SIGNS_HIMSELF_FROM, AgeReached, age_on

PAPER_SHARE = 0.12
REFUSING_SHARE = 0.04
WITHDRAWING_SHARE = 0.02


class Answer(StrEnum):
    """What a family decides in the end."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Guardian:
    """One guardian of a row, and what he decides about every child of his."""

    person: PersonDraft
    answer: Answer


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student of the file with his guardians, and what they are going to do.

    Attributes:
        on_paper: the family hands paper to the tutor instead of deciding online.
        answer: what the student decides about himself from 18; below that, what his first guardian does.
    """

    number: int
    class_name: str
    student: PersonDraft
    guardians: tuple[Guardian, ...]
    age: int
    on_paper: bool
    answer: Answer

    @property
    def guardian_decides(self) -> bool:
        """Whether a guardian is asked: under 18."""
        return self.age < ADULT_FROM

    @property
    def student_decides(self) -> bool:
        """Whether the student is asked himself: from 14."""
        return self.age >= SIGNS_HIMSELF_FROM


def make_plan(review: Review, day: date, seed: int) -> list[Pupil]:
    """Lay down what every family does; brothers and sisters do the same, as their parent decides for all.

    A second guardian decides for himself: two who differ make a conflict, as between people.
    """
    chance = random.Random(seed)  # noqa: S311 - a reproducible mix, no secret
    families: dict[str, tuple[bool, Answer]] = {}
    plan = []
    for number, row in enumerate(row for row in review.rows if row.level is not Level.ERROR):
        student, *others = [one.draft for one in row.people]
        family = _called(others[0] if others else student) or str(number)
        on_paper, answer = families.setdefault(family, (chance.random() < PAPER_SHARE, _answer(chance)))
        guardians = [Guardian(one, answer) for one in others[:1]]
        for other in others[1:]:
            _, own = families.setdefault(_called(other), (on_paper, _own_answer(seed, other)))
            guardians.append(Guardian(other, own))
        age = age_on(student.birth_date or day, day, AgeReached.BIRTHDAY)
        plan.append(Pupil(number, str(row.class_name), student, tuple(guardians), age, on_paper, answer))
    return plan


def _called(person: PersonDraft) -> str:
    """Tell people of the file apart by where letters reach them."""
    return person.email or person.phone or ""


def _own_answer(seed: int, person: PersonDraft) -> Answer:
    """Draw for one person alone, so that the answers of all others stay as they were drawn."""
    return _answer(random.Random(f"{seed} {_called(person)}"))  # noqa: S311 - as above


def _answer(chance: random.Random) -> Answer:
    drawn = chance.random()
    if drawn < REFUSING_SHARE:
        return Answer.REFUSED
    return Answer.WITHDRAWN if drawn < REFUSING_SHARE + WITHDRAWING_SHARE else Answer.GIVEN


@dataclass(frozen=True, slots=True)
class Signer:
    """One person who decides online, at one address, for one child or several.

    Attributes:
        answer: what comes of it in the end; a minor whose parents refuse still says yes for himself.
    """

    person: PersonDraft
    pupils: Sequence[Pupil]
    answer: Answer

    @property
    def address(self) -> str:
        """Where letters reach the person."""
        return _called(self.person)


def online_signers(plan: Sequence[Pupil]) -> list[Signer]:
    """Gather who decides online: every guardian with all his children, students of 14 and more."""
    online = [pupil for pupil in plan if not pupil.on_paper]
    children: dict[str, tuple[Guardian, list[Pupil]]] = {}
    for pupil in online:
        for one in pupil.guardians if pupil.guardian_decides else ():
            children.setdefault(_called(one.person), (one, []))[1].append(pupil)
    guardians = [Signer(one.person, pupils, one.answer) for one, pupils in children.values()]
    return guardians + [
        Signer(pupil.student, [pupil], Answer.GIVEN if pupil.guardian_decides else pupil.answer)
        for pupil in online
        if pupil.student_decides
    ]
