"""One scanned page: its picture, the code that somebody reads on it, or the way out of the stack."""

from uuid import UUID

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.models import stack_forms
from registry.consents.models.stack_forms import ScannedPage
from registry.consents.models.stacks import Stack
from registry.consents.pages.forms import Filled, errors_of, read_form
from registry.consents.pages.room import blueprint
from registry.consents.pages.stacks import STACK, opened_stack, stack_page
from registry.consents.rules.stacks import Thrown
from registry.consents.schemas import PageCodeForm, ThrowForm
from registry.consents.usecases.queueing import Typed, throw_page, type_code
from registry.errors import N_, NotFoundError, RegistryError
from registry.people.models.persons import Person, load_persons
from registry.people.pages.looks import saw_list, saw_persons
from registry.people.usecases.looks import What
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_persons
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.work import Work

_PAGE = f"{STACK}/pages/<uuid:page_id>"


@blueprint.get(f"{_PAGE}/picture")
@shows_persons
@allowed(Action.CONSENT_READ)
def page_picture(school_id: UUID, stack_id: UUID, page_id: UUID) -> ResponseReturnValue:
    """Show the picture of a scanned page."""
    return give_picture(school_id, stack_id, page_id)


def give_picture(school_id: UUID, stack_id: UUID, page_id: UUID) -> Response:
    """Give the picture of a scanned page; whose form it is finds in the trail that it was looked at."""
    with begin_reading() as reading:
        opened_stack(reading, school_id, stack_id, Action.CONSENT_READ)
        found = stack_forms.get_page(reading.connection, school_id, page_id)
        if found.picture_file is None:
            raise NotFoundError(N_("Такой страницы нет."))
        people = _people(reading, found)
        picture = reading.files.get(found.picture_file)
    if people:
        saw_persons(school_id, people, What.PAPER)
    else:
        saw_list(school_id, "paper-page", page_id)
    answer = Response(picture, content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f'attachment; filename="page-{page_id.hex[-6:]}.jpg"'
    return answer


def _people(work: Work, found: ScannedPage) -> list[Person]:
    """Name those of whom a page tells; nobody knows it of a page in the queue."""
    if found.form_id is None:
        return []
    form = stack_forms.get_form(work.connection, found.school_id, found.form_id)
    return list(load_persons(work.connection, work.vault, {form.signer_id, form.about_id}).values())


@blueprint.post(f"{_PAGE}/code")
@allowed(Action.PAPER_RECORD)
@once
def place_page(school_id: UUID, stack_id: UUID, page_id: UUID) -> ResponseReturnValue:
    """Lay a page of the queue into the form whose code somebody reads on it."""
    filled = read_form(PageCodeForm())
    with begin_work() as work:
        stack = opened_stack(work, school_id, stack_id)
        if filled.errors:
            return _again(stack, page_id, filled.errors), 422
        said = filled.values
        try:
            type_code(work, stack, page_id, Typed(said["code"], said["page"], said["pages"]))
        except RegistryError as refused:
            return _again(stack, page_id, errors_of(refused, "code")), status_of(refused)
    return _back(stack)


@blueprint.post(f"{_PAGE}/throw")
@allowed(Action.PAPER_RECORD)
@once
def drop_page(school_id: UUID, stack_id: UUID, page_id: UUID) -> ResponseReturnValue:
    """Throw a page of the queue away, with the reason."""
    filled: Filled = read_form(ThrowForm())
    with begin_work() as work:
        stack = opened_stack(work, school_id, stack_id)
        if filled.errors:
            return _again(stack, page_id, filled.errors), 422
        throw_page(work, stack, page_id, Thrown(filled.values["why"]))
    return _back(stack)


def _again(stack: Stack, page_id: UUID, errors: dict[str, str]) -> str:
    """Show the stack again; what is wrong stands beside the page's own fields."""
    return stack_page(stack, {f"{name}-{page_id}": text for name, text in errors.items()})


def _back(stack: Stack) -> ResponseReturnValue:
    address = url_for("consents.show_stack", school_id=stack.school_id, stack_id=stack.id)
    return redirect(f"{address}#queue", 303)
