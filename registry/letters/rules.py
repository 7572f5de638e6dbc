"""Which letters there are, over which channel each may go, and what may stand in one."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from registry.errors import N_, ConflictError, InvalidError

LONGEST_VALUE: Final = 300
LONGEST_TEXT: Final = 16_000
LONGEST_SUBJECT: Final = 200
MOST_ATTEMPTS: Final = 48
"""Tries of one letter, over four hours; fewer than its promise has, so that the letter itself fails."""


class LetterKind(StrEnum):
    """What a letter is for."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    CODE = "code"
    CONTACT_CHANGED = "contact_changed"
    RECEIPT = "receipt"
    DECISION = "decision"
    INVALIDATED = "invalidated"
    TASK = "task"
    ACCOUNT_LINK = "account_link"
    ACCOUNT_STEP = "account_step"


class Channel(StrEnum):
    """How a letter reaches a person. Messengers are not among them, and none can be added by a setting."""

    EMAIL = "email"
    SMS = "sms"
    PAPER = "paper"


class LetterState(StrEnum):
    """Where a letter is; handed over means that the provider took it, not that anybody read it."""

    QUEUED = "queued"
    HANDED_OVER = "handed_over"
    FAILED = "failed"
    VOID = "void"


CHANNELS: Final[Mapping[LetterKind, tuple[Channel, ...]]] = {
    LetterKind.INVITATION: (Channel.EMAIL, Channel.SMS, Channel.PAPER),
    LetterKind.REMINDER: (Channel.EMAIL, Channel.SMS, Channel.PAPER),
    LetterKind.CODE: (Channel.SMS, Channel.EMAIL),
    LetterKind.CONTACT_CHANGED: (Channel.EMAIL, Channel.SMS),
    LetterKind.RECEIPT: (Channel.EMAIL,),
    LetterKind.DECISION: (Channel.EMAIL, Channel.SMS),
    LetterKind.INVALIDATED: (Channel.EMAIL, Channel.SMS),
    LetterKind.TASK: (Channel.EMAIL,),
    LetterKind.ACCOUNT_LINK: (Channel.EMAIL,),
    LetterKind.ACCOUNT_STEP: (Channel.EMAIL,),
}
"""The channels that each kind may use, the preferred one first."""

PLACES: Final[Mapping[LetterKind, frozenset[str]]] = {
    LetterKind.INVITATION: frozenset({"school", "student", "programme", "deadline", "link"}),
    LetterKind.REMINDER: frozenset({"school", "student", "programme", "deadline", "link"}),
    LetterKind.CODE: frozenset({"code", "minutes", "host"}),
    LetterKind.CONTACT_CHANGED: frozenset({"school", "day"}),
    LetterKind.RECEIPT: frozenset({"school", "proof"}),
    LetterKind.DECISION: frozenset({"school", "student", "programme", "decision", "reference", "link"}),
    LetterKind.INVALIDATED: frozenset({"school", "day"}),
    LetterKind.TASK: frozenset({"school", "task", "due", "link"}),
    LetterKind.ACCOUNT_LINK: frozenset({"name", "login", "host", "days", "link"}),
    LetterKind.ACCOUNT_STEP: frozenset({"name", "host", "moment", "step"}),
}
"""What each kind says; nothing else of anybody gets into a letter."""

_TEXTS = frozenset({"proof"})
_BARRED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """One way to reach a person.

    Attributes:
        channel: e-mail or SMS.
        address: e-mail address or E.164 number.
        barred: nothing may be sent there (a court order, an opt-out, a bounce).
    """

    channel: Channel
    address: str
    barred: bool = False


def choose_contact(kind: LetterKind, contacts: Sequence[ContactPoint]) -> ContactPoint:
    """Choose where a letter of this kind goes: the preferred channel first, then the order given.

    Raises:
        ConflictError: `no-contact`: nobody can be reached this way, and what to do instead.
    """
    for channel in CHANNELS[kind]:
        for contact in contacts:
            if contact.channel is channel and not contact.barred:
                return contact
    raise ConflictError(
        N_("Написать некуда: добавьте телефон или адрес почты либо напечатайте бланк."), code="no-contact"
    )


def check_contact(kind: LetterKind, contact: ContactPoint) -> None:
    """Refuse a contact that a letter of this kind may not use.

    Raises:
        ConflictError: the channel does not suit the kind, or the contact is barred.
        InvalidError: the address has blanks, line breaks or control marks in it.
    """
    if contact.channel not in CHANNELS[kind] or contact.barred:
        raise ConflictError(
            N_("По этому каналу такое письмо отправить нельзя: выберите другой."), code="channel"
        )
    address = contact.address
    blank = contact.channel is not Channel.PAPER and " " in address
    if not 1 <= len(address) <= LONGEST_VALUE or blank or _has_barred(address):
        raise InvalidError(N_("Адрес или номер записан неверно: исправьте его."), code="address")


def check_values(kind: LetterKind, values: Mapping[str, str]) -> Mapping[str, str]:
    """Hold what a letter is to say against what its kind may say.

    Raises:
        InvalidError: a value is missing, foreign, too long, or has a line break or a control mark in it.
    """
    if values.keys() != PLACES[kind]:
        names = ", ".join(sorted(values.keys() ^ PLACES[kind]))
        raise InvalidError(
            N_("Письмо не составлено: лишние или недостающие сведения: %(names)s."), names=names
        )
    for name, value in values.items():
        longest = LONGEST_TEXT if name in _TEXTS else LONGEST_VALUE
        line = value.replace("\n", "") if name in _TEXTS else value
        if len(value) > longest or _has_barred(line):
            raise InvalidError(
                N_("Письмо не составлено: «%(name)s» слишком длинно или содержит перевод строки."), name=name
            )
    return values


def check_subject(subject: str) -> str:
    """Hold a subject to one short line.

    Raises:
        InvalidError: it is empty, too long, or has a line break or a control mark in it.
    """
    if not 1 <= len(subject) <= LONGEST_SUBJECT or _has_barred(subject):
        raise InvalidError(N_("Тема письма не годится: нужна одна непустая строка."), code="subject")
    return subject


def short_name(first: str, last: str) -> str:
    """Name a person in a letter: first name and initial of the last name, nothing more."""
    initial = f" {last[:1].upper()}." if last else ""
    return f"{first}{initial}"


def earliest(kind: LetterKind, now: datetime) -> datetime:  # noqa: ARG001 - the pause at night depends on the kind
    """Say from when on a letter may go out. A pause at night for all but codes belongs here."""
    return now


def _has_barred(text: str) -> bool:
    return any(unicodedata.category(one) in _BARRED for one in text)
