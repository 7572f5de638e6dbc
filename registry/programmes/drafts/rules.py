"""A document's new version in the making, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError
from registry.programmes.definition.edited import Wording
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.workflows.drafts.rules import DraftState


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version in the making; nobody signs it.

    Attributes:
        revision: counts the changes, from 1; whoever changes a draft names the revision that he saw.
        words: in each language of the programme.
        based_on: the version of the programme that it is held against.
        change: how much it changes, as who asked says. asked_by: somebody else has to agree.
        number: under which it was published.
    """

    id: UUID
    programme: str
    kind: NoticeKind
    state: DraftState
    revision: int
    words: Mapping[str, Wording]
    based_on: UUID
    edited_by: UUID | None
    edited_at: datetime
    change: Change | None = None
    why: str | None = None
    asked_by: UUID | None = None
    asked_at: datetime | None = None
    number: str | None = None


def check_base(draft: Draft, newest: UUID) -> Draft:
    """Let nothing be published over a version that its author did not see.

    Raises:
        ConflictError: another version came into force meanwhile.
    """
    if draft.based_on != newest:
        raise ConflictError(
            N_("Тем временем вышла другая версия программы. Сравните с ней черновик и сохраните его снова."),
            code="draft-behind",
        )
    return draft


def check_change(said: str) -> Change:
    """Demand that who asks says how much is changed.

    Raises:
        InvalidError: he did not.
    """
    if said not in set(Change):
        raise InvalidError(
            N_("Укажите, нужно ли из-за этой правки решать заново."), fields={"change": _CHOOSE}
        )
    return Change(said)


_CHOOSE = N_("Выберите одно из двух")
