"""What the frozen lines of a submission mean: counts, readiness to leave, and what changed since."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.errors import N_, ConflictError

LEFT_OUT = ("refused", "conflict", "withdrawn", "not_required")
INCLUDED = "given"
MOST_CLASSES_NAMED = 12
MOST_ROWS_NAMED = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """How the students of the roster are divided; the last five add up to the first."""

    roster: int
    included: int
    refused: int
    conflict: int
    withdrawn: int
    not_required: int


class What(StrEnum):
    """How a line differs from the one that was frozen."""

    ADDED = "added"
    LEFT = "left"
    DECISION = "decision"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Line:
    """What was frozen about one student.

    Attributes:
        state: the decision.
        entry_id: the student's entry in the message; None when he is left out.
        print: keyed digest of all that was frozen about him, to tell later whether anything changed.
    """

    student_id: UUID
    class_name: str
    state: str
    entry_id: UUID | None
    print: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One student whose line is no longer what was frozen."""

    student_id: UUID
    class_name: str
    what: What
    was: str | None
    now: str | None

    def as_json(self) -> dict[str, str | None]:
        """Write it down: ids and codes only."""
        return {
            "student": str(self.student_id),
            "class": self.class_name,
            "what": self.what.value,
            "was": self.was,
            "now": self.now,
        }


def counts_of(lines: Sequence[Line]) -> Counts:
    """Count the lines by decision.

    Raises:
        ConflictError: a decision is still open; the words name the classes and how many in each.
    """
    states = Counter(line.state for line in lines)
    waiting = [line for line in lines if line.state != INCLUDED and line.state not in LEFT_OUT]
    if waiting:
        classes = Counter(line.class_name for line in waiting)
        raise ConflictError(
            N_(
                "Реестр неполон, отправлять его нельзя. Нет решения у обучающихся: %(students)s. "
                "Классы: %(classes)s."
            ),
            code="not-ready",
            students=len(waiting),
            classes=_named(classes),
        )
    return Counts(
        roster=len(lines),
        included=states[INCLUDED],
        refused=states["refused"],
        conflict=states["conflict"],
        withdrawn=states["withdrawn"],
        not_required=states["not_required"],
    )


def refuse_held_rows(held: Mapping[str, Sequence[int]]) -> None:
    """Refuse while rows of approved lists wait to be mended: their students are on no roster yet.

    Args:
        held: numbers of the rows by the name of their class.

    Raises:
        ConflictError: there are such rows; the words name the classes and the rows.
    """
    if held:
        raise ConflictError(
            N_(
                "В загруженных списках есть неисправленные строки: %(rows)s. "
                "Исправьте их в файле и загрузите его снова."
            ),
            code="held-rows",
            rows=_rows_named(held),
        )


def _rows_named(held: Mapping[str, Sequence[int]]) -> str:
    named = [f"{name}: {', '.join(map(str, rows[:MOST_ROWS_NAMED]))}" for name, rows in sorted(held.items())]
    more = len(named) > MOST_CLASSES_NAMED or any(len(rows) > MOST_ROWS_NAMED for rows in held.values())
    return "; ".join(named[:MOST_CLASSES_NAMED]) + (" …" if more else "")


def digest_of(lines: Iterable[Line]) -> str:
    """Digest frozen lines, hex, in whatever order they come; no personal data can be told from it."""
    written = sorted(
        f"{line.student_id} {line.class_name} {line.state} {line.entry_id} {line.print.hex()}"
        for line in lines
    )
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def _named(classes: Mapping[str, int]) -> str:
    named = [f"{name} ({count})" for name, count in sorted(classes.items())]
    more = len(named) - MOST_CLASSES_NAMED
    return ", ".join(named[:MOST_CLASSES_NAMED]) + (f" … +{more}" if more > 0 else "")


def changes_between(frozen: Mapping[UUID, Line], present: Mapping[UUID, Line]) -> list[Change]:
    """Tell what changed since the freeze, in a fixed order; empty when nothing did."""
    found = [_change(frozen.get(student), present.get(student)) for student in frozen.keys() | present.keys()]
    return sorted((one for one in found if one), key=lambda one: (one.class_name, one.student_id))


def _change(was: Line | None, now: Line | None) -> Change | None:
    if was is None or now is None:
        only = was or now
        if only is None:
            return None
        what = What.ADDED if was is None else What.LEFT
        return Change(
            only.student_id,
            only.class_name,
            what,
            was.state if was else None,
            now.state if now else None,
        )
    if was.state != now.state:
        return Change(now.student_id, now.class_name, What.DECISION, was.state, now.state)
    if was.print != now.print:
        return Change(now.student_id, now.class_name, What.DATA, was.state, now.state)
    return None
