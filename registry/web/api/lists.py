"""Lists for machines, page by page: a page says where the next one begins, in a word that only we read."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from registry.errors import N_
from registry.web.api.parsing import wrong_fields

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is asked for: after which cursor, how many rows at most."""

    after: str
    limit: int

    @property
    def key(self) -> str:
        """The key after which the page begins; empty for the first page.

        Raises:
            InvalidError: the cursor is none of ours.
        """
        try:
            return base64.b64decode(self.after.encode(), altchars=b"-_", validate=True).decode()
        except (ValueError, binascii.Error):
            raise wrong_fields(
                {"after": N_("Передайте значение next прошлой страницы без изменений.")}
            ) from None

    @property
    def id(self) -> UUID | None:
        """The same, where rows are named by ids.

        Raises:
            InvalidError: the cursor is none of ours.
        """
        try:
            return UUID(self.key) if self.after else None
        except ValueError:
            raise wrong_fields(
                {"after": N_("Передайте значение next прошлой страницы без изменений.")}
            ) from None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, and the cursor after which the next page begins; none on the last page."""

    items: tuple[Row, ...]
    next: str | None


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], object]) -> Page[Row]:
    """Make a page out of rows that were asked for one more than it is long."""
    shown = tuple(rows[:limit])
    return Page(shown, _cursor(str(key(shown[-1]))) if len(rows) > limit else None)


def cut(rows: Sequence[Row], asked: Asked, key: Callable[[Row], Any]) -> Page[Row]:
    """Cut a page out of all rows, in the order of their keys."""
    after = asked.key
    ordered = sorted((row for row in rows if str(key(row)) > after), key=lambda row: str(key(row)))
    return page(ordered[: asked.limit + 1], asked.limit, key)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()
