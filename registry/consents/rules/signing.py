"""What a signer may do: give, refuse, withdraw; and what staff may do: declare an act invalid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.acts import Act, ActKind, Standing, counting, in_force, last_of, standing_of
from registry.consents.rules.capacity import Asked, Capacity, capacity_of
from registry.errors import N_, ConflictError, ForbiddenError, InvalidError
from registry.programmes.rules import AgreementBy, Means, NoticeKind


class InvalidReason(StrEnum):
    """Why an act should never have counted."""

    WRONG_PERSON = "wrong_person"
    WRONG_ENTRY = "wrong_entry"
    NO_AUTHORITY = "no_authority"
    NOT_THE_SIGNER = "not_the_signer"
    UNREADABLE_PAPER = "unreadable_paper"


@dataclass(frozen=True, slots=True)
class Signature:
    """How and when somebody signs: `on_day` is the date on the document, `today` the legal day of now."""

    means: Means
    on_day: date
    today: date


@dataclass(frozen=True, slots=True)
class Drafted:
    """An act as the rules allow it, before it has an id."""

    kind: ActKind
    capacity: Capacity
    means: Means
    on_day: date
    age: int | None
    agreement: UUID | None = None


def give(asked: Asked, history: Iterable[Act], signature: Signature) -> Drafted:
    """Give a consent, or conclude the agreement on the simple signature.

    Args:
        asked: what is asked.
        history: every act of the signer in the programme, in any order.
        signature: how it is signed.

    Raises:
        ForbiddenError: the signer may not act for this student on that day.
        ConflictError: it stands given already, or the state of things does not allow it.
        InvalidError: the date does not hold.
    """
    acts = _until(history, signature)
    capacity = capacity_of(asked, signature.on_day)
    _check_open(asked, signature)
    _check_means(asked, signature.means)
    if _standing(in_force(acts, asked.programme), asked) is Standing.GIVEN:
        raise ConflictError(N_("Этот документ уже подписан и действует."), code="already-given")
    return _drafted(ActKind.GIVEN, capacity, asked, signature, _agreement(asked, acts, signature))


def refuse(asked: Asked, history: Iterable[Act], signature: Signature) -> Drafted:
    """Refuse a consent; no form and no agreement is needed to say no.

    Raises:
        ForbiddenError: the signer may not act for this student on that day.
        ConflictError: it was refused already, or stands given and has to be withdrawn instead.
    """
    acts = _until(history, signature)
    capacity = capacity_of(asked, signature.on_day)
    standing = _standing(in_force(acts, asked.programme), asked)
    if standing is Standing.GIVEN:
        raise ConflictError(N_("Согласие уже дано и действует; его можно отозвать."), code="already-given")
    if standing is Standing.REFUSED:
        raise ConflictError(N_("Отказ уже записан."), code="already-refused")
    return _drafted(ActKind.REFUSED, capacity, asked, signature, _named(asked, acts, signature))


def withdraw(asked: Asked, history: Iterable[Act], signature: Signature) -> Drafted:
    """Take back what was given; possible even when the authority to give has ended, or a new text came out.

    Raises:
        ConflictError: nothing of this person stands given.
    """
    acts = _until(history, signature)
    if _standing(acts, asked) is not Standing.GIVEN:
        raise ConflictError(N_("Отзывать нечего: действующего согласия нет."), code="nothing-given")
    himself = asked.signer in (asked.about, asked.family.student.person)
    capacity = Capacity.HIMSELF if himself else Capacity.GUARDIAN
    return _drafted(ActKind.WITHDRAWN, capacity, asked, signature, _named(asked, acts, signature))


def invalidate(target: Act, history: Iterable[Act], recorded_by: UUID | None, by: UUID) -> None:
    """Allow staff to declare that an act should never have counted.

    Args:
        target: the act.
        history: every act about the same student or signer.
        recorded_by: who entered the act, None when the signer did it himself.
        by: who declares.

    Raises:
        ConflictError: it is an invalidation itself, or was declared invalid already.
        ForbiddenError: the same person entered it, or signed it.
    """
    demand_standing(target, history)
    if by in (recorded_by, target.signer):
        raise ForbiddenError(
            N_("Признать запись недействительной должен другой человек, не тот, кто её внёс.")
        )


def demand_standing(target: Act, history: Iterable[Act]) -> None:
    """Hold that an act can be declared invalid.

    Raises:
        ConflictError: it is an invalidation itself, or was declared invalid already.
    """
    if target.kind is ActKind.INVALIDATED:
        raise ConflictError(N_("Признание недействительным отменить нельзя; запишите новое волеизъявление."))
    if any(one.invalidates == target.id for one in history):
        raise ConflictError(N_("Эта запись уже признана недействительной."), code="already-invalid")


def _standing(acts: Iterable[Act], asked: Asked) -> Standing:
    """Tell where the signer stands on this document; what he said about another child does not matter."""
    return standing_of([one for one in acts if one.about == asked.about], asked.notice, asked.signer)


def _until(history: Iterable[Act], signature: Signature) -> list[Act]:
    """Give the acts that had happened by the day of the document, which must not lie ahead."""
    if signature.on_day > signature.today:
        raise InvalidError(
            N_("Дата документа в будущем; проверьте её."), fields={"on_day": N_("Эта дата ещё не наступила.")}
        )
    return [one for one in counting(history) if one.on_day <= signature.on_day]


def _check_open(asked: Asked, signature: Signature) -> None:
    programme = asked.programme
    programme.rule_on(signature.on_day)
    if signature.on_day > programme.valid_until:
        raise ConflictError(N_("Срок согласий этой программы истёк."), code="programme-over")
    if not asked.family.enrolled or not programme.concerns(asked.family.grade):
        raise ConflictError(N_("Обучающийся не участвует в этой программе."), code="not-required")


def _check_means(asked: Asked, means: Means) -> None:
    programme = asked.programme
    agreement = asked.notice is NoticeKind.CODE_AGREEMENT
    if agreement and means is Means.PAPER:
        return
    if means not in programme.accepts:
        raise ConflictError(N_("Программа не принимает документы, подписанные так."), code="means")
    if agreement and programme.code_agreement is AgreementBy.PAPER:
        raise ConflictError(
            N_("Соглашение о простой подписи в этой программе заключают на бумаге."),
            code="agreement-on-paper",
        )


def _agreement(asked: Asked, acts: Sequence[Act], signature: Signature) -> UUID | None:
    if signature.means is not Means.CODE or asked.notice is NoticeKind.CODE_AGREEMENT:
        return None
    agreement = _standing_agreement(acts, asked.signer)
    if agreement is None:
        raise ConflictError(
            N_("Сначала нужно заключить соглашение о простой электронной подписи."), code="no-agreement"
        )
    return agreement


def _named(asked: Asked, acts: Sequence[Act], signature: Signature) -> UUID | None:
    """Name the agreement under which a code says no, if there is one."""
    return _standing_agreement(acts, asked.signer) if signature.means is Means.CODE else None


def _standing_agreement(acts: Sequence[Act], signer: UUID) -> UUID | None:
    last = last_of(acts, NoticeKind.CODE_AGREEMENT, signer)
    return last.id if last and last.kind is ActKind.GIVEN else None


def _drafted(
    kind: ActKind, capacity: Capacity, asked: Asked, signature: Signature, agreement: UUID | None
) -> Drafted:
    return Drafted(kind, capacity, signature.means, signature.on_day, asked.age, agreement)
