"""Rosters over the API: sent as rows or as a file, reviewed, approved or dropped."""

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import rosters_room
from registry.people.models import batches
from registry.people.models.batches import Batch, BatchState
from registry.people.pages.looks import saw_list
from registry.people.pages.room import opened_school
from registry.people.pages.rosters import by_weight, is_mine, only_class, opened_batch
from registry.people.rosters.findings import Finding, Level
from registry.people.rosters.reader import LIMITS, read_workbook
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import RosterFile, read_roster, show_review
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Made, Many, Moment, Pairs, Text, Upload, Whole
from registry.web.api.tags import tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_names, takes_up_to
from registry.web.idempotency import once

_ROSTERS = "/schools/<uuid:school_id>/rosters"
_ONE = f"{_ROSTERS}/<uuid:batch_id>"
_MOST_CELLS = 100
_ROOM = 64 * 1024


class RowsBody(Body):
    """A list as rows of cells; the first rows may be its title and must be its header."""

    title = Text(load_default="", most=100, metadata={"description": N_("Класс, если в строках его нет")})
    rows = Many(
        Many(Text(most=500), most=_MOST_CELLS),
        most=LIMITS.rows,
        required=True,
        metadata={"description": N_("Строки таблицы: сначала заголовки столбцов, затем обучающиеся")},
    )


class FileBody(Body):
    """A list as a file: XLSX, XLS, ODS or CSV."""

    file = Upload(required=True)


class BatchTold(Told):
    """An uploaded list and what became of it."""

    id = Id()
    state = Choice(BatchState)
    counts = Pairs(Whole(), metadata={"description": N_("Сколько строк какого вида")})
    uploaded_at = Moment()
    decided_at = Moment(allow_none=True)
    version = Whole()


class ReviewTold(Told):
    """What approving a list would do; the mark names what was seen."""

    batch_id = Made(lambda one: str(one.batch.id))
    state = Choice(BatchState, attribute="batch.state")
    mark = Text(
        metadata={"description": N_("Передайте при утверждении: он меняется с каждым изменением списка")}
    )
    counts = Pairs(Whole(), attribute="review.counts")
    unread_sheets = Many(Text(), attribute="review.unread_sheets")


class FindingTold(Told):
    """One remark about a row."""

    sheet = Text()
    row = Whole()
    level = Choice(Level)
    field = Text()
    code = Text()
    words = Text()
    typed = Text()
    understood = Text()


class MarkBody(Body):
    """What the asker saw and agrees with."""

    mark = Text(required=True, least=1, most=100)


@rosters_room.serves(f"GET {_ROSTERS}", N_("Загруженные списки"))
@bearer(Action.ROSTER_UPLOAD)
@rosters_room.lists(BatchTold, key=lambda one: one.id)
def list_rosters(school_id: UUID) -> list[Batch]:
    """List the uploads of a school; a tutor's own."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.ROSTER_UPLOAD, school_id)
        listed = batches.list_batches(reading.connection, school_id)
    return [one for one in listed if is_mine(school, one)]


@rosters_room.serves(f"POST {_ROSTERS}", N_("Загрузить список строками"))
@takes_up_to(LIMITS.packed + _ROOM)
@bearer(Action.ROSTER_UPLOAD)
@once
@rosters_room.takes(RowsBody)
@rosters_room.answers(BatchTold, 201)
def upload_rows(said: dict[str, Any], school_id: UUID) -> Batch:
    """Take a list as rows."""
    text = "\n".join("\t".join(cells) for cells in said["rows"])
    return _upload(school_id, text.encode(), said["title"])


@rosters_room.serves(f"POST {_ROSTERS}/files", N_("Загрузить список файлом"))
@takes_up_to(LIMITS.packed + _ROOM)
@bearer(Action.ROSTER_UPLOAD)
@once
@rosters_room.takes(FileBody, "files")
@rosters_room.answers(BatchTold, 201)
def upload_file(said: dict[str, Any], school_id: UUID) -> Batch:
    """Take a list as a file."""
    sent = said["file"]
    with sent.stream as stream:
        return _upload(school_id, bytes(stream.read()), PureWindowsPath(sent.filename or "").stem[:100])


def _upload(school_id: UUID, data: bytes, title: str) -> Batch:
    with begin_reading() as reading:
        school = opened_school(reading, Action.ROSTER_UPLOAD, school_id)
        only = only_class(reading, school)
    file = RosterFile(data, read_workbook(data, title), only)
    with begin_reading() as reading:
        read = read_roster(reading, school_id, file)
    with begin_work() as work:
        return rosters.upload(work, school_id, read)


@rosters_room.serves(f"GET {_ONE}", N_("Проверка списка: что изменится"))
@shows_names
@bearer(Action.ROSTER_UPLOAD)
@tagged
@rosters_room.answers(ReviewTold)
def review(school_id: UUID, batch_id: UUID) -> Any:  # noqa: ANN401 - a review
    """Tell what approving a list would do."""
    with begin_reading() as reading:
        opened_batch(reading, Action.ROSTER_UPLOAD, school_id, batch_id)
        shown = show_review(reading, school_id, batch_id)
    saw_list(school_id, "roster", batch_id)
    return shown


@rosters_room.serves(f"GET {_ONE}/findings", N_("Замечания к строкам списка, ошибки первыми"))
@shows_names
@bearer(Action.ROSTER_UPLOAD)
@rosters_room.lists(FindingTold, key=lambda one: one["number"])
def list_findings(school_id: UUID, batch_id: UUID) -> list[Mapping[str, object]]:
    """List the remarks, the heaviest first."""
    with begin_reading() as reading:
        opened_batch(reading, Action.ROSTER_UPLOAD, school_id, batch_id)
        found = by_weight(show_review(reading, school_id, batch_id).review)
    saw_list(school_id, "roster", batch_id)
    return [_finding(number, one) for number, one in enumerate(found)]


def _finding(number: int, one: Finding) -> dict[str, object]:
    return {
        "number": f"{number:09}",
        "sheet": one.sheet,
        "row": one.row,
        "level": one.level,
        "field": one.field,
        "code": one.code,
        "words": one.words,
        "typed": one.typed,
        "understood": one.understood,
    }


@rosters_room.serves(f"POST {_ONE}/approve", N_("Утвердить список"))
@bearer(Action.ROSTER_APPROVE)
@once
@rosters_room.takes(MarkBody)
@rosters_room.answers(BatchTold)
def approve(said: dict[str, Any], school_id: UUID, batch_id: UUID) -> Batch:
    """Store what the asker saw."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        return rosters.approve(work, school_id, batch_id, said["mark"])


@rosters_room.serves(f"POST {_ONE}/cancel", N_("Отклонить список"))
@bearer(Action.ROSTER_APPROVE)
@once
@rosters_room.answers(BatchTold)
def cancel(school_id: UUID, batch_id: UUID) -> Batch:
    """Drop an upload."""
    with begin_work() as work:
        opened_batch(work, Action.ROSTER_APPROVE, school_id, batch_id)
        return rosters.cancel(work, school_id, batch_id)
