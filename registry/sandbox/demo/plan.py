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
class Pupil:
    """One student of the file with his guardian, and what they are going to do.

    Attributes:
        on_paper: the family hands paper to the tutor instead of deciding online.
        answer: what the guardian (from 18 the student) decides about the student.
    """

    number: int
    class_name: str
    student: PersonDraft
    guardian: PersonDraft | None
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
    """Lay down what every family does; brothers and sisters do the same, as their parent decides for all."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible mix, no secret
    families: dict[str, tuple[bool, Answer]] = {}
    plan = []
    for number, row in enumerate(row for row in review.rows if row.level is not Level.ERROR):
        student, *others = [one.draft for one in row.people]
        guardian = others[0] if others else None
        family = (guardian or student).email or str(number)
        on_paper, answer = families.setdefault(family, (chance.random() < PAPER_SHARE, _answer(chance)))
        age = age_on(student.birth_date or day, day, AgeReached.BIRTHDAY)
        plan.append(Pupil(number, str(row.class_name), student, guardian, age, on_paper, answer))
    return plan


def _answer(chance: random.Random) -> Answer:
    drawn = chance.random()
    if drawn < REFUSING_SHARE:
        return Answer.REFUSED
    return Answer.WITHDRAWN if drawn < REFUSING_SHARE + WITHDRAWING_SHARE else Answer.GIVEN


@dataclass(frozen=True, slots=True)
class Signer:
    """One person who decides online, at one address, for one child or several."""

    person: PersonDraft
    pupils: Sequence[Pupil]
    is_student: bool

    @property
    def address(self) -> str:
        """Where letters reach the person."""
        return self.person.email or ""


def online_signers(plan: Sequence[Pupil]) -> list[Signer]:
    """Gather who decides online: guardians with all their children, students of 14 and more."""
    online = [pupil for pupil in plan if not pupil.on_paper]
    families: dict[str, list[Pupil]] = {}
    for pupil in online:
        if pupil.guardian_decides and pupil.guardian is not None:
            families.setdefault(pupil.guardian.email or "", []).append(pupil)
    guardians = [
        Signer(pupils[0].guardian, pupils, is_student=False)
        for pupils in families.values()
        if pupils[0].guardian is not None
    ]
    students = [Signer(pupil.student, [pupil], is_student=True) for pupil in online if pupil.student_decides]
    return guardians + students
