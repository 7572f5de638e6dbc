"""Reading a roster and reviewing it against what is stored; nothing here writes anything."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from uuid import UUID

from registry.errors import N_, GoneError
from registry.people.class_names import ClassName
from registry.people.models import batches
from registry.people.models.batches import Batch, BatchState
from registry.people.models.known import stored_for
from registry.people.rosters.comparing import Stored
from registry.people.rosters.crosscheck import Claim, cross_check
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.findings import Level
from registry.people.rosters.keeping import read_drafts, write_drafts
from registry.people.rosters.review import Review, ReviewedRow, draft_rows, review_rows
from registry.people.rosters.sheets import Sheet
from registry.work import Work

_told = attrgetter(*(field.name for field in fields(PersonDraft) if field.compare))


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A file as it came, and the sheets that `reader.read_workbook` read from it before any transaction.

    `only` narrows it to one class, for a tutor who keeps no other.
    """

    data: bytes
    sheets: Sequence[Sheet]
    only: ClassName | None = None


@dataclass(frozen=True, slots=True)
class Collision:
    """A value of the file that somebody else holds, and the stored person who claims it, where he is one."""

    field: str
    holder_id: UUID | None
    claimant_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """All that an upload keeps of a file: its bytes, the drafts of its rows, and what a first look found."""

    data: bytes
    drafts: bytes
    counts: dict[str, int]
    collisions: tuple[Collision, ...]


@dataclass(frozen=True, slots=True)
class ShownReview:
    """A review as it stands now; `mark` is what the reader approves, and changes with every change in it."""

    batch: Batch
    review: Review
    mark: str


def read_roster(reading: Work, school_id: UUID, file: RosterFile) -> ReadRoster:
    """Read and review a file; long lists take seconds, so a unit that only reads is enough and keeps nobody.

    Raises:
        InvalidError: the file holds no list.
    """
    layout, rows = draft_rows(file.sheets, reading.today)
    for row in rows:
        _check_class(row, file.only)
    drafts = write_drafts(layout, rows, reading.today)
    claims = cross_check(rows, reading.today)
    stored = _stored(reading, school_id, claims)
    review = review_rows(layout, rows, claims, reading.today, stored)
    found = tuple(one for row in review.rows for one in _collisions(row, stored))
    return ReadRoster(file.data, drafts, review.counts, found)


def show_review(work: Work, school_id: UUID, batch_id: UUID) -> ShownReview:
    """Review a batch against what is stored now.

    Raises:
        NotFoundError: the school has no such batch.
        GoneError: it was cancelled, and what its file said is forgotten.
    """
    batch = batches.get_batch(work.connection, school_id, batch_id)
    if batch.state is BatchState.CANCELLED:
        raise GoneError(
            N_("Эта загрузка отменена, её файл удалён. Загрузите список заново."), code="cancelled"
        )
    layout, rows, on = read_drafts(work.files.get(batch.drafts_file))
    claims = cross_check(rows, on)
    review = review_rows(layout, rows, claims, on, _stored(work, school_id, claims))
    return ShownReview(batch, review, _mark(work, batch, review))


def _check_class(row: RowDraft, only: ClassName | None) -> None:
    if only is not None and row.class_name is not None and row.class_name != only:
        text = N_("Это не ваш класс: загрузите только список своего класса.")
        row.say(Level.ERROR, "class", "class-foreign", text, typed=str(row.class_name))


def _stored(work: Work, school_id: UUID, claims: Sequence[Claim]) -> Stored:
    return stored_for(work.connection, work.vault, school_id, claims, work.today)


def _collisions(row: ReviewedRow, stored: Stored) -> list[Collision]:
    taken = {one.field for one in row.findings if one.code.endswith("-taken")}
    return [
        Collision(field, stored.holder_of(field, str(getattr(person.draft, field))), person.stored)
        for person in row.people
        for field in ("snils", "phone", "email")
        if f"{person.draft.side}.{field}" in taken
    ]


def _mark(work: Work, batch: Batch, review: Review) -> str:
    said = hashlib.sha256()
    for row in review.rows:
        said.update(_said(row))
    # The digest alone could be guessed at by who knows the people; under the index key it tells nothing.
    return work.vault.blind_index("roster.review", f"{batch.id}:{said.hexdigest()}").hex()


def _said(row: ReviewedRow) -> bytes:
    """All of a row that the reader approves, as one line."""
    people = [[one.identity, str(one.stored), *_told(one.draft)] for one in row.people]
    codes = [one.code for one in row.findings]
    line = [row.sheet, row.row, row.state, row.level, str(row.class_name), people, codes]
    return json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n"
