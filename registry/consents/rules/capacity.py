"""Who may act for whom, and which document is asked of whom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.families import Family
from registry.errors import N_, ForbiddenError
from registry.programmes.rules import (
    ADULT_FROM,
    SIGNS_HIMSELF_FROM,
    AgeReached,
    NoticeKind,
    Programme,
    age_on,
)


class Capacity(StrEnum):
    """As whom a person acts."""

    GUARDIAN = "guardian"
    HIMSELF = "self"


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent that was asked: one document of one signer about one student.

    Attributes:
        age: the student's full years on the day of the document; None when the birth date is not known.
    """

    programme: Programme
    family: Family
    notice: NoticeKind
    signer: UUID
    age: int | None

    @property
    def about(self) -> UUID:
        """Of whom the document speaks: an agreement speaks of the signer himself."""
        return self.signer if self.notice is NoticeKind.CODE_AGREEMENT else self.family.student.person


def capacity_of(asked: Asked, day: date) -> Capacity:
    """Tell as whom the signer acts on a day.

    Raises:
        ForbiddenError: he may not act for this student, or not yet, or no longer.
    """
    age = asked.age
    if asked.notice is NoticeKind.STUDENT_SELF:
        return _himself(asked, age)
    if asked.notice is NoticeKind.CODE_AGREEMENT and asked.signer == asked.family.student.person:
        return _himself(asked, age)
    if asked.signer not in [one.person for one in asked.family.with_authority(day)]:
        raise ForbiddenError(
            N_("Полномочия представлять этого обучающегося не записаны или не действуют в этот день."),
            code="no-authority",
        )
    if asked.notice is NoticeKind.STUDENT_BY_GUARDIAN and age is not None and age >= ADULT_FROM:
        raise ForbiddenError(N_("Обучающемуся исполнилось 18 лет: решает он сам."), code="adult")
    return Capacity.GUARDIAN


def asked_of(programme: Programme, family: Family, day: date) -> tuple[tuple[UUID, NoticeKind], ...]:
    """Tell which document is to be asked of whom about one student on a day, agreements not included."""
    left = not family.enrolled or family.opted_out or not programme.concerns(family.grade)
    if left or family.birth_date is None:
        return ()
    age = age_on(family.birth_date, day, programme.age_reached)
    signers = programme.rule_on(day).at_age(age)
    guardians = [one.person for one in family.with_authority(day)]
    wanted: list[tuple[UUID, NoticeKind]] = []
    if signers.guardians:
        wanted += [(person, NoticeKind.STUDENT_BY_GUARDIAN) for person in guardians]
    if programme.fields.guardians_with_data(age):
        wanted += [(person, NoticeKind.GUARDIAN_SELF) for person in guardians]
    if signers.student:
        wanted.append((family.student.person, NoticeKind.STUDENT_SELF))
    return tuple(wanted)


def may_receive(family: Family, person: UUID, day: date) -> Capacity:
    """Tell as whom somebody may be handed what is a student's own: login and password of his account (S3-05).

    Under 14 a guardian; from 14 the student; a guardian at any age where special needs are documented.

    Raises:
        ForbiddenError: `too-young`, `his-own` or `no-authority`: he may not, with the reason.
    """
    age = age_on(family.birth_date, day, AgeReached.BIRTHDAY) if family.birth_date else 0
    if person == family.student.person:
        if age >= SIGNS_HIMSELF_FROM:
            return Capacity.HIMSELF
        raise ForbiddenError(N_("До 14 лет за обучающегося получает его представитель."), code="too-young")
    if person not in [one.person for one in family.with_authority(day)]:
        raise ForbiddenError(
            N_("Полномочия представлять этого обучающегося не записаны или не действуют в этот день."),
            code="no-authority",
        )
    if age >= SIGNS_HIMSELF_FROM and not family.special_needs:
        raise ForbiddenError(N_("С 14 лет обучающийся получает сам."), code="his-own")
    return Capacity.GUARDIAN


def age_of(programme: Programme, birth: date | None, day: date) -> int | None:
    """Count a student's full years as the programme does; None when the birth date is not known."""
    return age_on(birth, day, programme.age_reached) if birth else None


def _himself(asked: Asked, age: int | None) -> Capacity:
    if asked.signer != asked.family.student.person:
        raise ForbiddenError(N_("Этот документ подписывает только сам обучающийся."), code="not-himself")
    if age is None or age < SIGNS_HIMSELF_FROM:
        raise ForbiddenError(N_("До 14 лет за обучающегося решает его представитель."), code="too-young")
    return Capacity.HIMSELF
