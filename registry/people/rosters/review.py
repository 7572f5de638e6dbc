"""The review of a file: what each row would do, and every remark, before anything is stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from registry.errors import N_
from registry.people.class_names import ClassName
from registry.people.rosters.comparing import Matches, RowState, Stored, compare, state_of
from registry.people.rosters.crosscheck import Claim, cross_check
from registry.people.rosters.drafts import PersonDraft, RowDraft, read_line
from registry.people.rosters.findings import Finding, Level, worst
from registry.people.rosters.layout import Layout, lay_out
from registry.people.rosters.sheets import Sheet
from registry.storage import collector

_NOTHING = Stored()
_STATE_WORDS = {
    RowState.NEW: N_("Строка принята: новая запись."),
    RowState.CHANGED: N_("Строка принята: запись изменится."),
    RowState.SAME: N_("Строка принята: всё уже записано."),
}


@dataclass(frozen=True, slots=True)
class ReviewedPerson:
    """A person of a row: which human of the file he is, whose stored record it is, and the values."""

    identity: int
    stored: UUID | None
    draft: PersonDraft


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """A row with its people, what approving it would do, and its findings."""

    sheet: str
    row: int
    class_name: ClassName | None
    state: RowState
    level: Level
    people: tuple[ReviewedPerson, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A whole file: its rows, and what was left unread in it."""

    on: date
    rows: tuple[ReviewedRow, ...]
    unread_sheets: tuple[str, ...]
    unread_rows: tuple[tuple[str, int], ...]
    unread_columns: tuple[tuple[str, str], ...]

    @property
    def findings(self) -> Iterable[Finding]:
        """All remarks in the order of the rows."""
        return (finding for row in self.rows for finding in row.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each level, and of each state among those that are no errors."""
        levels = Counter(row.level.value for row in self.rows)
        states = Counter(row.state.value for row in self.rows if row.level is not Level.ERROR)
        return (
            {"rows": len(self.rows)}
            | {level: levels[level] for level in Level}
            | {s: states[s] for s in RowState}
        )


@collector.at_rest()
def draft_rows(sheets: Sequence[Sheet], on: date) -> tuple[Layout, tuple[RowDraft, ...]]:
    """Read the rows of a workbook, each by itself.

    Raises:
        InvalidError: `roster-no-header`.
    """
    layout = lay_out(sheets)
    rows = tuple(read_line(line, on) for line in layout.lines)
    return replace(layout, lines=()), rows


def make_review(sheets: Sequence[Sheet], on: date) -> Review:
    """Review a workbook by itself, without a database.

    Raises:
        InvalidError: `roster-no-header`.
    """
    layout, rows = draft_rows(sheets, on)
    return review_rows(layout, rows, cross_check(rows, on), on)


@collector.at_rest()
def review_rows(
    layout: Layout, rows: Sequence[RowDraft], claims: Sequence[Claim], on: date, stored: Stored = _NOTHING
) -> Review:
    """Compare checked rows with what is stored and settle the review."""
    matches = compare(claims, stored)
    grouped = {key: tuple(of) for key, of in groupby(claims, key=lambda claim: id(claim.row))}
    reviewed = tuple(_settle(row, grouped[id(row)], matches) for row in rows)
    return Review(on, reviewed, layout.unread_sheets, layout.unread_rows, layout.unread_columns)


def _settle(row: RowDraft, claims: Sequence[Claim], matches: Matches) -> ReviewedRow:
    state = state_of(row, claims, matches)
    level = worst(tuple(row.findings))
    if level in {Level.OK, Level.WARNING}:
        row.say(Level.OK, "", f"row-{state.value}", _STATE_WORDS[state])
    people = tuple(_person(claim, matches) for claim in claims)
    return ReviewedRow(
        row.place.sheet, row.place.row, row.class_name, state, level, people, tuple(row.findings)
    )


def _person(claim: Claim, matches: Matches) -> ReviewedPerson:
    assert claim.identity is not None  # noqa: S101 - the cross check gives every claim one
    stored = matches.get(claim.identity.number)
    return ReviewedPerson(claim.identity.number, stored.id if stored else None, claim.person)
