"""Opt-outs: who may take a student out of e-learning or off a channel, from which day, and which count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.capacity import Capacity
from registry.consents.rules.families import Family
from registry.errors import N_, ConflictError, ForbiddenError, InvalidError
from registry.programmes.rules import ADULT_FROM, AgeReached, Programme, age_on


class OptOutKind(StrEnum):
    """What was done: an opt-out given, or ended by who gave it."""

    GIVEN = "given"
    ENDED = "ended"


class Wire(StrEnum):
    """A channel that somebody may refuse, whether letters go over it today or not."""

    SFERUM = "sferum"
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Matter:
    """From what somebody opts out: a programme's e-learning, whole or in a part, or a channel.

    Attributes:
        programme: whose e-learning; None for a channel.
        part: of the programme; None for the whole.
        wire: the channel; None for e-learning.
    """

    programme: str | None = None
    part: str | None = None
    wire: Wire | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """One act: never changed; `ends` names the one that it ends, `on_day` is written on it."""

    id: UUID
    student: UUID
    signer: UUID
    kind: OptOutKind
    matter: Matter
    on_day: date
    recorded_at: datetime
    ends: UUID | None = None


def may_opt_out(family: Family, signer: UUID, day: date, reached: AgeReached) -> Capacity:
    """Tell as whom somebody may opt a student out on a day (S4-01).

    Raises:
        ForbiddenError: `minor`, `adult` or `no-authority`: he may not, with the reason.
        InvalidError: the student's birth date is not known.
    """
    if family.birth_date is None:
        raise InvalidError(N_("Не записана дата рождения обучающегося: неизвестно, кто решает."))
    adult = age_on(family.birth_date, day, reached) >= ADULT_FROM
    if signer == family.student.person:
        if not adult:
            raise ForbiddenError(N_("До 18 лет такой отказ подаёт родитель или опекун."), code="minor")
        return Capacity.HIMSELF
    if adult:
        raise ForbiddenError(N_("Обучающемуся исполнилось 18 лет: отказ подаёт он сам."), code="adult")
    if signer not in [one.person for one in family.with_authority(day)]:
        raise ForbiddenError(
            N_("Полномочия представлять этого обучающегося не записаны или не действуют в этот день."),
            code="no-authority",
        )
    return Capacity.GUARDIAN


def check_matter(matter: Matter, programme: Programme | None) -> None:
    """Hold what is opted out of to the programme (S4-02).

    Raises:
        InvalidError: neither a programme nor a channel is named, or both, or there is no such part.
        ConflictError: `by-law`: the programme is realised with e-learning by law.
    """
    if (matter.wire is None) == (matter.programme is None) or (matter.part and not matter.programme):
        raise InvalidError(
            N_("Выберите, от чего отказ."), fields={"matter": N_("Выберите программу, её часть или канал.")}
        )
    if programme is None:
        return
    if matter.part and matter.part not in programme.e_learning.parts:
        raise InvalidError(
            N_("Такой части в программе нет."), fields={"matter": N_("Выберите часть из списка.")}
        )
    if programme.e_learning.by_law:
        raise ConflictError(
            N_("Эту программу по закону проводят с электронным обучением: отказ от него не принимается."),
            code="by-law",
        )


def check_new(acts: Iterable[OptOut], signer: UUID, matter: Matter) -> None:
    """Refuse what the same person has opted out of already.

    Raises:
        ConflictError: `already-opted-out`.
    """
    if any(one.signer == signer and one.matter == matter for one in given(acts)):
        raise ConflictError(N_("Такой отказ уже записан и действует."), code="already-opted-out")


def to_be_ended(acts: Iterable[OptOut], opt_out: UUID, signer: UUID) -> OptOut:
    """Choose the opt-out that its giver ends.

    Raises:
        ConflictError: `nothing-given`: it is not there or was ended before.
        ForbiddenError: `not-his`: somebody else gave it.
    """
    found = next((one for one in given(acts) if one.id == opt_out), None)
    if found is None:
        raise ConflictError(
            N_("Отменять нечего: такого отказа нет или он уже отменён."), code="nothing-given"
        )
    if found.signer != signer:
        raise ForbiddenError(N_("Отказ отменяет тот, кто его подал."), code="not-his")
    return found


def given(acts: Iterable[OptOut]) -> list[OptOut]:
    """Give the opt-outs that nobody ended, in the order in which they happened."""
    every = list(acts)
    ended = {one.ends for one in every if one.kind is OptOutKind.ENDED}
    kept = [one for one in every if one.kind is OptOutKind.GIVEN and one.id not in ended]
    return sorted(kept, key=lambda one: (one.on_day, one.recorded_at, one.id))


def counting_opt_outs(
    acts: Iterable[OptOut], family: Family, day: date, reached: AgeReached
) -> tuple[OptOut, ...]:
    """Give the opt-outs that count on a day: begun by then, and of somebody who may opt out on it.

    As acts on consents do: from the 18th birthday those of guardians count no more, and those of a guardian
    from the day on which the authority ends.
    """
    return tuple(one for one in given(acts) if one.on_day <= day and _may(family, one.signer, day, reached))


def opted_out_of(acts: Iterable[OptOut], programme: str, part: str | None = None) -> bool:
    """Tell whether acts that count keep a student out of a programme's e-learning, or of a part of it."""
    matters = {one.matter for one in acts}
    return Matter(programme) in matters or (part is not None and Matter(programme, part) in matters)


def _may(family: Family, signer: UUID, day: date, reached: AgeReached) -> bool:
    try:
        may_opt_out(family, signer, day, reached)
    except (ForbiddenError, InvalidError):
        return False
    return True
