"""Stacks and their files as rows: what was brought for a class, and how many of its pages are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from registry.consents.models.stack_tables import paper_files, paper_stacks
from registry.consents.rules.stacks import StackState
from registry.errors import N_, NotFoundError


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of scanned forms of one class.

    Attributes:
        place: where the sheets lie. seed: of its draws, made before anything of it was entered.
        failure: code of why it could not be read.
        pages, done: of all its files together: how many there are, and how many are read.
    """

    id: UUID
    school_id: UUID
    programme: str
    class_id: UUID
    place: str
    seed: str
    state: StackState
    brought_by: UUID | None
    brought_at: datetime
    failure: str | None = None
    pages: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class StackFile:
    """A file of a stack: where it is kept until it is read, its digest, its pages and how many are read."""

    number: int
    original_file: UUID | None
    sha256: str
    pages: int
    done: int = 0


_stack, _file = paper_stacks.c, paper_files.c
_counts = (
    select(
        _file.school_id,
        _file.stack_id,
        func.sum(_file.pages).label("pages"),
        func.sum(_file.done).label("done"),
    )
    .group_by(_file.school_id, _file.stack_id)
    .subquery()
)
_read = select(paper_stacks, _counts.c.pages, _counts.c.done).join(
    _counts, and_(_counts.c.school_id == _stack.school_id, _counts.c.stack_id == _stack.id)
)


def add_stack(connection: Connection, stack: Stack, files: Sequence[StackFile]) -> None:
    """Write a stack down with its files."""
    names = ("id", "school_id", "programme", "class_id", "place", "seed", "state", "brought_by", "brought_at")
    connection.execute(insert(paper_stacks), {name: getattr(stack, name) for name in names})
    of = {"school_id": stack.school_id, "stack_id": stack.id}
    told = ("number", "original_file", "sha256", "pages", "done")
    connection.execute(
        insert(paper_files), [of | {name: getattr(one, name) for name in told} for one in files]
    )


def get_stack(connection: Connection, school_id: UUID, stack_id: UUID) -> Stack:
    """Read a stack of a school.

    Raises:
        NotFoundError: there is none.
    """
    found = _stacks(connection, and_(_stack.school_id == school_id, _stack.id == stack_id))
    if not found:
        raise NotFoundError(N_("Такой стопки нет."))
    return found[0]


def stacks_of_class(connection: Connection, school_id: UUID, programme: str, class_id: UUID) -> list[Stack]:
    """List the stacks of a class, the newest first."""
    return _stacks(
        connection,
        and_(_stack.school_id == school_id, _stack.programme == programme, _stack.class_id == class_id),
    )


def files_of(connection: Connection, stack: Stack) -> list[StackFile]:
    """List the files of a stack in their order."""
    mine = and_(_file.school_id == stack.school_id, _file.stack_id == stack.id)
    rows = connection.execute(select(paper_files).where(mine).order_by(_file.number))
    return [StackFile(row.number, row.original_file, row.sha256, row.pages, row.done) for row in rows]


def note_done(connection: Connection, stack: Stack, number: int, before: int, done: int) -> bool:
    """Note how many pages of a file are read; false when somebody else read them meanwhile."""
    mine = and_(_file.school_id == stack.school_id, _file.stack_id == stack.id, _file.number == number)
    said = update(paper_files).where(mine, _file.done == before).values(done=done)
    return connection.execute(said).rowcount == 1


def end_reading(
    connection: Connection, stack: Stack, state: StackState, failure: str | None = None
) -> list[UUID]:
    """Note that a stack is read, or cannot be; give its files, which nobody names any more."""
    mine = and_(_stack.school_id == stack.school_id, _stack.id == stack.id)
    connection.execute(update(paper_stacks).where(mine).values(state=state.value, failure=failure))
    files = [one.original_file for one in files_of(connection, stack) if one.original_file]
    of = and_(_file.school_id == stack.school_id, _file.stack_id == stack.id)
    connection.execute(update(paper_files).where(of).values(original_file=None))
    return files


def _stacks(connection: Connection, chosen: ColumnElement[bool]) -> list[Stack]:
    rows = connection.execute(_read.where(chosen).order_by(_stack.brought_at.desc(), _stack.id.desc()))
    return [_a_stack(row) for row in rows]


def _a_stack(row: Row[*tuple[Any, ...]]) -> Stack:
    return Stack(
        row.id,
        row.school_id,
        row.programme,
        row.class_id,
        row.place,
        row.seed,
        StackState(row.state),
        row.brought_by,
        row.brought_at,
        row.failure,
        int(row.pages),
        int(row.done),
    )
