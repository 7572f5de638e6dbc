"""Scanned stacks over the API: brought, read by the worker, taken up form by form and page by page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.api.room import PART, consents_room, part_of
from registry.consents.models import stack_forms, stacks
from registry.consents.models.stack_forms import ScannedPage
from registry.consents.models.stacks import Stack
from registry.consents.pages.stack_pages import give_picture
from registry.consents.pages.stacks import opened_class, opened_stack
from registry.consents.rules.stacks import FormState, PageState, StackState, Thrown
from registry.consents.usecases import queueing, stack_entry
from registry.consents.usecases.stacks import MOST_FILES, Brought, bring_stack
from registry.documents.stacks.reading import count_pages
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.programmes.rules import NoticeKind
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Base64, Choice, Id, Many, Moment, Text, Whole
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in, shows_names, shows_persons, takes_up_to
from registry.web.idempotency import once

_CLASS = f"{PART}/classes/<uuid:class_id>/stacks"
_STACK = "/schools/<uuid:school_id>/stacks/<uuid:stack_id>"
_PAGE = f"{_STACK}/pages/<uuid:page_id>"
_ROOM = 64 * 1024
_MOST_TEXT = 16 * 1024 * 1024 - _ROOM
"""A body of JSON is read as a whole: a program brings a large stack in parts."""
_MOST_SHEETS = 99


class StackBody(Body):
    """A stack: one PDF, or pictures of pages, and where the sheets lie."""

    files = Many(
        Base64(least=4, most=_MOST_TEXT),
        most=MOST_FILES,
        required=True,
        metadata={"description": N_("Один PDF или снимки страниц (JPEG, PNG)")},
    )
    place = Text(required=True, least=1, most=200, metadata={"description": N_("Где лежат подлинники")})


class StackTold(Told):
    """A stack and how far it is read."""

    id = Id()
    class_id = Id()
    programme = Text()
    place = Text()
    state = Choice(StackState)
    failure = Text(allow_none=True)
    pages = Whole()
    done = Whole()
    brought_at = Moment()


class ScannedPageTold(Told):
    """A scanned page: in which form it lies, or why in none."""

    id = Id()
    number = Whole()
    state = Choice(PageState)
    reason = Text(allow_none=True)
    form_id = Id(allow_none=True)
    page = Whole(allow_none=True)


class PaperFormTold(Told):
    """A form of a stack, and where it stands."""

    id = Id(attribute="form.id")
    consent_id = Id(attribute="form.consent_id")
    student_id = Id(attribute="form.about_id")
    signer_id = Id(attribute="form.signer_id")
    notice = Choice(NoticeKind, attribute="form.notice")
    notice_version = Text(attribute="form.notice_version")
    state = Choice(FormState, attribute="form.state")
    reason = Text(attribute="form.reason", allow_none=True)
    place = Text(attribute="form.place", allow_none=True)
    pages = Whole(attribute="form.pages")
    missing = Many(Whole(), metadata={"description": N_("Страницы бланка, которых нет")})


class PageCodeBody(Body):
    """What somebody reads on a page."""

    code = Text(required=True, least=1, most=200, metadata={"description": N_("Код бланка")})
    page = Whole(least=1, most=_MOST_SHEETS, required=True)
    pages = Whole(least=1, most=_MOST_SHEETS, required=True)


class ThrowBody(Body):
    """Why a page goes."""

    why = Choice(Thrown, required=True)


@consents_room.serves(f"GET {_CLASS}", N_("Стопки отсканированных бланков класса"))
@bearer(Action.PAPER_RECORD)
@consents_room.lists(StackTold, key=lambda one: one.id)
def list_stacks(school_id: UUID, programme: str, class_id: UUID) -> Sequence[Stack]:
    """List the stacks of a class."""
    with begin_reading() as reading:
        opened_class(reading, school_id, class_id)
        part = part_of(reading, school_id, programme)
        return stacks.stacks_of_class(reading.connection, school_id, part.programme.id, class_id)


@consents_room.serves(f"POST {_CLASS}", N_("Загрузить стопку отсканированных бланков"))
@takes_up_to(_MOST_TEXT + _ROOM)
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(StackBody)
@consents_room.answers(StackTold, 201)
def bring_papers(said: dict[str, Any], school_id: UUID, programme: str, class_id: UUID) -> Stack:
    """Take a stack; the worker reads it."""
    with begin_reading() as reading:
        opened_class(reading, school_id, class_id)
    files = [(data, count_pages(data)) for data in said["files"]]
    with begin_work() as work:
        opened_class(work, school_id, class_id)
        part = part_of(work, school_id, programme)
        made = bring_stack(work, school_id, part.programme.id, class_id, Brought(files, said["place"]))
        return stacks.get_stack(work.connection, school_id, made.id)


@consents_room.serves(f"GET {_STACK}", N_("Стопка: сколько прочитано"))
@bearer(Action.PAPER_RECORD)
@consents_room.answers(StackTold)
def show_stack(school_id: UUID, stack_id: UUID) -> Stack:
    """Tell how far a stack is read."""
    with begin_reading() as reading:
        return opened_stack(reading, school_id, stack_id)


@consents_room.serves(f"GET {_STACK}/pages", N_("Страницы стопки и что с каждой"))
@bearer(Action.PAPER_RECORD)
@consents_room.lists(ScannedPageTold, key=lambda one: f"{one.number:06}")
def list_scanned_pages(school_id: UUID, stack_id: UUID) -> Sequence[ScannedPage]:
    """List the pages of a stack."""
    with begin_reading() as reading:
        opened_stack(reading, school_id, stack_id)
        return stack_forms.pages_of_stack(reading.connection, school_id, stack_id)


@consents_room.serves(f"GET {_STACK}/forms", N_("Бланки стопки и что с каждым"))
@shows_names
@bearer(Action.PAPER_RECORD)
@consents_room.lists(PaperFormTold, key=lambda one: one.form.id)
def list_paper_forms(school_id: UUID, stack_id: UUID) -> Sequence[stack_entry.Sheets]:
    """List the forms of a stack."""
    with begin_reading() as reading:
        stack = opened_stack(reading, school_id, stack_id)
        found = stack_entry.sheets_of_stack(reading, stack)
    saw_list(school_id, "paper-stack", stack_id)
    return found


@consents_room.serves(f"GET {_PAGE}/picture", N_("Снимок страницы стопки"))
@shows_persons
@fresh_sign_in
@bearer(Action.CONSENT_READ)
@consents_room.files("image/jpeg")
def page_picture(school_id: UUID, stack_id: UUID, page_id: UUID) -> ResponseReturnValue:
    """Hand out the picture of a scanned page; whose form it is finds in the trail that it was looked at."""
    return give_picture(school_id, stack_id, page_id)


@consents_room.serves(f"POST {_PAGE}/code", N_("Положить страницу в бланк по его коду"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(PageCodeBody)
@consents_room.nothing
def place_page(said: dict[str, Any], school_id: UUID, stack_id: UUID, page_id: UUID) -> None:
    """Lay a page of the queue into the form whose code somebody reads on it."""
    with begin_work() as work:
        stack = opened_stack(work, school_id, stack_id)
        queueing.type_code(work, stack, page_id, queueing.Typed(said["code"], said["page"], said["pages"]))


@consents_room.serves(f"POST {_PAGE}/throw", N_("Выбросить страницу с причиной"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(ThrowBody)
@consents_room.nothing
def drop_page(said: dict[str, Any], school_id: UUID, stack_id: UUID, page_id: UUID) -> None:
    """Throw a page of the queue away."""
    with begin_work() as work:
        stack = opened_stack(work, school_id, stack_id)
        queueing.throw_page(work, stack, page_id, Thrown(said["why"]))
