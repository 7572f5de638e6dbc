"""Acts: what signers did, never edited; which of them count, and where a person stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from registry.programmes.rules import Means, NoticeKind, OnMajor, Programme
from registry.programmes.rules.numbers import major_of

LEAST = timedelta(microseconds=1)
"""The least by which one act is recorded after another."""


class ActKind(StrEnum):
    """What a signer did with a consent."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"


class Standing(StrEnum):
    """Where a person stands on a notice: his last act that counts, or silence."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SILENT = "silent"


SomeAct = TypeVar("SomeAct", bound="Act")
NO = frozenset({Standing.REFUSED, Standing.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Act:
    """One act.

    Attributes:
        signer: the person whose act it is; about: the student, or the signer himself for an agreement.
        on_day: legal day on which it happened (the date on a paper); recorded_at: aware UTC.
        agreement: the act that concluded the agreement under which a code signs.
        invalidates: the act that should never have counted.
        notice_version: of the document; empty where it does not matter.
    """

    id: UUID
    notice: NoticeKind
    signer: UUID
    about: UUID
    kind: ActKind
    means: Means
    on_day: date
    recorded_at: datetime
    agreement: UUID | None = None
    invalidates: UUID | None = None
    notice_version: str = ""


def counting(acts: Iterable[SomeAct]) -> list[SomeAct]:
    """Give the acts that count, in the order in which they happened.

    An invalidated act never counted; a consent given by a code without a standing agreement behind it is not
    in writing. A refusal or a withdrawal needs no form: it counts however it was said.
    """
    every = list(acts)
    void = {one.invalidates for one in every if one.invalidates is not None}
    kept = [
        one
        for one in every
        if one.kind is not ActKind.INVALIDATED and one.id not in void and _is_in_form(one, void)
    ]
    return sorted(kept, key=_order)


def in_force(acts: Iterable[SomeAct], programme: Programme) -> list[SomeAct]:
    """Give the acts that still speak, of those that count, in their order.

    Where a document changed in what matters, and the programme lets consents lapse by that, whoever gave his
    on the text before has not decided on this one: nothing that he said on it speaks any longer. A refusal or
    a withdrawal stays one: nobody who said no is asked again because a text changed.
    """
    every = list(acts)
    last = {_document(one): one for one in every}
    gone = {document for document, one in last.items() if has_lapsed(one, programme)}
    return [one for one in every if _document(one) not in gone]


def has_lapsed(act: Act, programme: Programme) -> bool:
    """Tell whether a consent, as its signer's last word, was given on a text that does not count any more."""
    return act.kind is ActKind.GIVEN and text_lapsed(programme, act.notice, act.notice_version)


def text_lapsed(programme: Programme, notice: NoticeKind, version: str) -> bool:
    """Tell whether consents on a version of a document count no more.

    An agreement is between two: a new text of one side does not end it.
    """
    if programme.on_major_notice is not OnMajor.LAPSE or notice is NoticeKind.CODE_AGREEMENT:
        return False
    return bool(version) and differs_in_what_matters(programme, notice, version)


def differs_in_what_matters(programme: Programme, notice: NoticeKind, version: str) -> bool:
    """Tell whether a document changed in what matters since one of its versions."""
    return major_of(version) < major_of(programme.number_of(notice))


def standing_of(acts: Iterable[Act], notice: NoticeKind, person: UUID) -> Standing:
    """Tell where a person stands on a notice, from acts that count, in their order."""
    last = last_of(acts, notice, person)
    return Standing(last.kind) if last else Standing.SILENT


def last_of(acts: Iterable[Act], notice: NoticeKind, person: UUID) -> Act | None:
    """Find a person's last act on a notice, among acts that count, in their order."""
    last = None
    for one in acts:
        if one.notice is notice and one.signer == person:
            last = one
    return last


def latest(acts: Sequence[Act]) -> Act:
    """Find the act that happened last."""
    return max(acts, key=_order)


def time_of_next(before: Iterable[Act], now: datetime) -> datetime:
    """Give the time of a new act: now, and in any case after the acts that it follows.

    A clock that was put back would otherwise let a withdrawal come before what it takes back.
    """
    return max([now, *(one.recorded_at + LEAST for one in before)])


def _is_in_form(act: Act, void: set[UUID]) -> bool:
    if act.kind is not ActKind.GIVEN or act.means is not Means.CODE:
        return True
    if act.notice is NoticeKind.CODE_AGREEMENT:
        return True
    return act.agreement is not None and act.agreement not in void


def _document(act: Act) -> tuple[NoticeKind, UUID, UUID]:
    return act.notice, act.signer, act.about


def _order(act: Act) -> tuple[date, datetime, UUID]:
    return act.on_day, act.recorded_at, act.id
