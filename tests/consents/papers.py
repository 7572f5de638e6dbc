"""Printed forms of a class, scanned as schools scan, brought as a stack and entered form by form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from uuid import UUID

import segno
from PIL import Image

from benchmarks.scanning import Lay, picture_of, pictures
from registry.consents.models import stack_forms, stacks
from registry.consents.models.asking import Consent
from registry.consents.models.stack_forms import ScannedPage
from registry.consents.models.stacks import Stack
from registry.consents.rules.acts import ActKind
from registry.consents.usecases import stack_entry
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried, Entered
from registry.consents.usecases.printing import mark_tag, print_missing_forms
from registry.consents.usecases.stack_entry import Sheets
from registry.consents.usecases.stack_reading import read_stack
from registry.consents.usecases.stacks import Brought, bring_stack
from registry.documents.marks import PageMark, write_mark
from registry.documents.stacks.binding import bind
from registry.documents.stacks.reading import count_pages
from registry.people.models.persons import get_person
from registry.people.models.places import list_classes
from registry.programmes.rules import NoticeKind
from registry.trail.entries import Actor
from registry.work import Registry
from tests.consents.conftest import MESH, Town

SQUARE = (496.1, 31.2, 56.7)
"""Where the square code stands on a form: left edge, top edge and side, in points."""
STRAIGHT = Lay()


@dataclass(frozen=True)
class Stapler:
    """The tutor's desk: a printer, a scanner and the stacks of his class."""

    town: Town
    room: UUID

    def printed(self) -> bytes:
        with self.town.work(self.town.tutor()) as work:
            return print_missing_forms(work, self.town.school, MESH, self.room)

    def bring(self, data: bytes, place: str = "Папка 7А") -> Stack:
        with self.town.work(self.town.tutor()) as work:
            brought = Brought([(data, count_pages(data))], place)
            stack = bring_stack(work, self.town.school, MESH, self.room, brought)
        read_stack(self.town.registry, self.town.school, stack.id)
        return self.stack(stack.id)

    def stack(self, stack_id: UUID) -> Stack:
        with self.town.registry.reading(self.town.tutor()) as work:
            return stacks.get_stack(work.connection, self.town.school, stack_id)

    def pages(self, stack: Stack) -> list[ScannedPage]:
        with self.town.registry.reading(self.town.tutor()) as work:
            return stack_forms.pages_of_stack(work.connection, self.town.school, stack.id)

    def reasons(self, stack: Stack) -> list[str | None]:
        return [one.reason for one in self.pages(stack)]

    def sheets(self, stack: Stack) -> list[Sheets]:
        with self.town.registry.reading(self.town.tutor()) as work:
            return stack_entry.sheets_of_stack(work, stack)

    def enter(self, stack: Stack, sheets: Sheets, by: Actor | None = None, **changes: object) -> Entered:
        with self.town.work(by or self.town.tutor()) as work:
            paper, carried = self.said(stack, sheets)
            scan = stack_entry.scan_of(work, sheets)
            changed = replace(paper, scan=scan, **changes)  # type: ignore[arg-type]
            with_person = Carried(get_person(work.connection, work.vault, carried))
            return stack_entry.enter_form(work, stack, sheets, changed, with_person)

    def said(self, stack: Stack, sheets: Sheets) -> tuple[Paper, UUID]:
        form = sheets.form
        about = form.signer_id if form.notice is NoticeKind.GUARDIAN_SELF else form.about_id
        paper = Paper(
            school_id=stack.school_id,
            programme_id=MESH,
            student_id=form.about_id,
            signer_id=form.signer_id,
            notice=form.notice,
            kind=ActKind.GIVEN,
            on_day=date(2020, 11, 1),
            place=stack.place,
        )
        return paper, about


def stapler_of(town: Town) -> Stapler:
    """Give the desk of the tutor of the town's only class."""
    with town.registry.reading(town.tutor()) as work:
        room = list_classes(work.connection, town.school, 2020)[0].id
    return Stapler(town, room)


def scan(printed: bytes, ways: Iterator[Lay] | None = None) -> list[bytes]:
    """Scan the pages of a printed file."""
    return list(pictures(printed, ways or repeat(STRAIGHT), SQUARE))


def stack(sheets: Sequence[bytes]) -> bytes:
    """Put scanned sheets into one file, as scanners do."""
    return bind(sheets)


def with_square(text: str) -> bytes:
    """Scan a sheet with somebody's square code on it."""
    rows = segno.make_qr(text, error="l").matrix
    square = Image.new("L", (len(rows), len(rows)), 255)
    square.putdata([0 if dot else 255 for row in rows for dot in row])
    sheet = Image.new("L", (1240, 1754), 255)
    sheet.paste(square.resize((len(rows) * 4, len(rows) * 4), Image.Resampling.NEAREST), (400, 300))
    return picture_of(sheet)


def sheet_of(registry: Registry, consent: Consent) -> bytes:
    """Scan a form of one page on which its square code stands: what is printed besides no program reads."""
    mark = PageMark(consent.id, consent.notice_version, 1, 1)
    return with_square(write_mark(mark, mark_tag(registry.vault)))


def with_check(registry: Registry, percent: int) -> Registry:
    """The same installation, in which so many papers in a hundred are looked at twice."""
    return replace(registry, settings=replace(registry.settings, paper_check=percent))
