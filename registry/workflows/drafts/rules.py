"""What may be done with a draft as it stands, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError

LONGEST_WHY = 300


class DraftState(StrEnum):
    """How far a draft is: being written, waiting for the second person, published, or given up."""

    DRAFTING = "drafting"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DROPPED = "dropped"


OPEN = frozenset({DraftState.DRAFTING, DraftState.PROPOSED})


class Proposable(Protocol):
    """A draft of anything that two people publish: of a process here, of a document elsewhere."""

    @property
    def state(self) -> DraftState:
        """How far it is."""

    @property
    def revision(self) -> int:
        """The number of its changes."""

    @property
    def asked_by(self) -> UUID | None:
        """Who asked for it to be published."""


SomeDraft = TypeVar("SomeDraft", bound=Proposable)


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version in the making; it cannot run.

    Attributes:
        revision: counts the changes, from 1; whoever changes a draft names the revision that he saw.
        based_on: the version that its changes are held against.
        shipped: the number in the shipped file whose text it began with, if it did.
        asked_by: who asked for it to be published; somebody else has to agree.
        version: the number under which it was published.
    """

    id: UUID
    definition_id: str
    state: DraftState
    revision: int
    text: str
    based_on: int
    shipped: int | None
    edited_by: UUID | None
    edited_at: datetime
    asked_by: UUID | None = None
    asked_at: datetime | None = None
    why: str | None = None
    version: int | None = None


def check_seen(draft: SomeDraft, revision: int) -> SomeDraft:
    """Let a draft be changed only as the one who changes it saw it, and only while it is open.

    Raises:
        ConflictError: it is published or given up, or somebody changed it since.
    """
    if draft.state not in OPEN:
        raise ConflictError(N_("Этот черновик уже опубликован или удалён."), code="draft-closed")
    if draft.revision != revision:
        raise ConflictError(
            N_("Черновик уже изменил кто-то другой. Откройте его заново и посмотрите, что изменилось."),
            code="stale-revision",
        )
    return draft


def check_proposed(draft: SomeDraft) -> SomeDraft:
    """Let only what was asked for be answered.

    Raises:
        ConflictError: nobody asked.
    """
    if draft.state is not DraftState.PROPOSED:
        raise ConflictError(N_("Опубликовать этот черновик ещё никто не просил."), code="nothing-asked")
    return draft


def check_second(draft: SomeDraft, person: UUID | None) -> SomeDraft:
    """Let only another person agree than the one who asked.

    Raises:
        ConflictError: nobody asked, or the same person did.
    """
    check_proposed(draft)
    if person is None or person == draft.asked_by:
        raise ConflictError(
            N_("Просит один человек, подтверждает другой: попросите коллегу с теми же правами."),
            code="same-person",
        )
    return draft


def check_base(draft: Draft, newest: int) -> Draft:
    """Let nothing be published over a version that its author did not see.

    Raises:
        ConflictError: another version came into force meanwhile.
    """
    if draft.based_on != newest:
        raise ConflictError(
            N_("Тем временем опубликована версия %(version)s. Сравните черновик с ней и проверьте ещё раз."),
            code="draft-behind",
            version=newest,
        )
    return draft


def check_why(why: str) -> str:
    """Demand a reason in one line.

    Raises:
        InvalidError: it is empty or too long.
    """
    words = " ".join(why.split())
    if not 1 <= len(words) <= LONGEST_WHY or not words.isprintable():
        raise InvalidError(
            N_("Напишите, что и зачем меняется, одной строкой до %(most)s знаков."),
            fields={"why": _WHY},
            most=LONGEST_WHY,
        )
    return words


_WHY = N_("Напишите одной строкой, что и зачем меняется")
