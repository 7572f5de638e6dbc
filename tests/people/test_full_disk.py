"""An upload that the disk cannot take: said in words, nothing half-written stays, and then it works."""

from pathlib import Path

from sqlalchemy import func, select

from registry.people.models.tables import roster_batches
from registry.trail.entries import SYSTEM
from registry.workflows.models import cases
from tests.disk import no_room
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office, send
from tests.web.browsers import Browser


def left(office: Office) -> tuple[int, int, list[Path]]:
    """Uploads, cases and files that are there."""
    with office.registry.reading(SYSTEM) as work:
        numbers = [
            work.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (roster_batches, cases)
        ]
    files = (office.registry.settings.home / "files").rglob("*")
    return numbers[0], numbers[1], [path for path in files if path.is_file()]


def test_an_upload_without_room_is_told_in_words_and_works_when_there_is_room(
    clerk: Browser,
    office: Office,
) -> None:
    data = book(**{"9Б": [HEADER, CLEAN]})
    clerk.token("/sessions")
    with no_room(1000):
        answer = send(clerk, office.school, data)
    assert answer.status_code == 503
    assert "ничего не записано" in answer.text or "не принял запись" in answer.text
    assert left(office) == (0, 0, [])
    assert send(clerk, office.school, data).status_code == 303
    uploads, under_way, files = left(office)
    assert (uploads, under_way, len(files)) == (1, 1, 2)
