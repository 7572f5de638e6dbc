"""Long lists, page by page: a page begins after the last row of the one before, named by its id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from flask import request

from registry.errors import N_, InvalidError

Row = TypeVar("Row")

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One page of a list, and the id after which the next one begins; none on the last page."""

    rows: tuple[Row, ...]
    after: UUID | None


def asked_after() -> UUID | None:
    """Read the id after which the asked page begins.

    Raises:
        InvalidError: it is no id.
    """
    given = request.args.get("after")
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise InvalidError(N_("Адрес страницы списка неверен: откройте список с начала.")) from None


def listing(rows: Sequence[Row], key: Callable[[Row], UUID], length: int = PAGE_LENGTH) -> Listing[Row]:
    """Cut a page out of rows that were asked for one more than the page is long."""
    shown = tuple(rows[:length])
    return Listing(shown, key(shown[-1]) if len(rows) > length else None)
