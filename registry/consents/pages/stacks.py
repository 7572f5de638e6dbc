"""Pages of scanned stacks: bring one for a class, see how far it is read, and what is left to do."""

from typing import Final
from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models import stack_forms, stacks
from registry.consents.models.stack_forms import ScannedPage
from registry.consents.models.stacks import Stack
from registry.consents.pages.forms import errors_of, typed_now
from registry.consents.pages.paper_words import (
    FAILED,
    FAILURES,
    FAULTS,
    FORM_COLOURS,
    FORMS,
    STACK_COLOURS,
    STACKS,
    THROWN,
    WHY,
    text_note,
)
from registry.consents.pages.room import asked_participation, blueprint, place_of
from registry.consents.rules.stacks import Fault, PageState, StackState, Thrown, Why
from registry.consents.rules.titles import NOTICES
from registry.consents.usecases.stack_entry import Sheets, sheets_of_stack
from registry.consents.usecases.stacks import Brought, bring_stack
from registry.documents.stacks.reading import LIMITS, count_pages
from registry.errors import RegistryError
from registry.people.models import places
from registry.people.models.persons import load_persons
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.programmes.models import participation_of
from registry.programmes.rules import Programme
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import allowed, shows_names, takes_up_to
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

MOST_BYTES: Final = LIMITS.packed + 64 * 1024
REFRESH: Final = "5"
"""Seconds until a page of a stack that is being read is shown anew."""
_CLASS = "/consents/classes/<uuid:school_id>/<uuid:class_id>/stacks"
STACK = "/consents/schools/<uuid:school_id>/stacks/<uuid:stack_id>"


@blueprint.get(_CLASS)
@allowed(Action.PAPER_RECORD)
def list_stacks(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """List the stacks of a class, and ask for another one."""
    return _class(school_id, class_id, {})


@blueprint.post(_CLASS)
@takes_up_to(MOST_BYTES)
@allowed(Action.PAPER_RECORD)
@once
def bring(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Take a stack; the worker reads it, whether or not somebody looks on."""
    with begin_reading() as reading:
        opened_class(reading, school_id, class_id)  # for whom else would a file be opened?
    try:
        brought = Brought(_sent(), typed_now()["place"])
        with begin_work() as work:
            opened_class(work, school_id, class_id)
            part = asked_participation(work, school_id)
            stack = bring_stack(work, school_id, part.programme.id, class_id, brought)
    except RegistryError as refused:
        return _class(school_id, class_id, errors_of(refused, "stack")), status_of(refused)
    return redirect(url_for("consents.show_stack", school_id=school_id, stack_id=stack.id), 303)


def opened_class(work: Work, school_id: UUID, class_id: UUID) -> School:
    """Open a class of which who asks may enter papers.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    places.get_class(work.connection, school_id, class_id)
    school = places.get_school(work.connection, school_id)
    require(Action.PAPER_RECORD, place_of(school, class_id))
    return school


def opened_stack(work: Work, school_id: UUID, stack_id: UUID, action: Action = Action.PAPER_RECORD) -> Stack:
    """Open a stack of a class in which who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    stack = stacks.get_stack(work.connection, school_id, stack_id)
    school = places.get_school(work.connection, school_id)
    require(action, place_of(school, stack.class_id))
    return stack


def _sent() -> list[tuple[bytes, int]]:
    """Read the files that were sent, each looked at once for what it is and how many pages it has."""
    found = []
    for sent in request.files.getlist("stack"):
        with sent.stream as stream:
            data = bytes(stream.read())
        if data:
            found.append((data, count_pages(data)))
    return found


def _class(school_id: UUID, class_id: UUID, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        school = opened_class(reading, school_id, class_id)
        classroom = places.get_class(reading.connection, school_id, class_id)
        part = asked_participation(reading, school_id)
        found = stacks.stacks_of_class(reading.connection, school_id, part.programme.id, class_id)
    where = {"school_id": school_id, "class_id": class_id, "programme": part.programme.id}
    return page(
        "consents/stacks.html",
        classroom=str(classroom.name),
        school=school.name,
        where=where,
        stacks=[_stack(one) for one in found],
        typed=typed_now(),
        errors=errors,
        back=url_for(
            "consents.show_class",
            school_id=school_id,
            class_id=class_id,
            programme=part.programme.id,
        ),
    )


def _stack(stack: Stack) -> dict[str, object]:
    return {
        "id": stack.id,
        "school_id": stack.school_id,
        "place": stack.place,
        "brought_at": stack.brought_at,
        "state": gettext(STACKS[stack.state]),
        "colour": STACK_COLOURS[stack.state],
        "pages": stack.pages,
        "done": stack.done,
    }


@blueprint.get(STACK)
@shows_names
@allowed(Action.PAPER_RECORD)
def show_stack(school_id: UUID, stack_id: UUID) -> ResponseReturnValue:
    """Show how far a stack is: read pages, the queue of pages that nobody knows, and its forms."""
    with begin_reading() as reading:
        stack = opened_stack(reading, school_id, stack_id)
    saw_list(school_id, "paper-stack", stack_id)
    answer: Response = make_response(stack_page(stack, {}))
    if stack.state is StackState.READING:
        answer.headers["Refresh"] = REFRESH
    return answer


def stack_page(stack: Stack, errors: dict[str, str]) -> str:
    """Show a stack, with what was wrong with a code typed for one of its pages."""
    with begin_reading() as reading:
        programme = participation_of(reading.connection, stack.school_id, stack.programme).programme
        sheets = sheets_of_stack(reading, stack)
        pages = stack_forms.pages_of_stack(reading.connection, stack.school_id, stack.id)
        people = {one for each in sheets for one in (each.form.signer_id, each.form.about_id)}
        found = load_persons(reading.connection, reading.vault, people)
    names = {one: person.full_name for one, person in found.items()}
    waiting = [one for one in sheets if one.now]
    return page(
        "consents/stack.html",
        stack=_stack(stack),
        failure=gettext(FAILURES.get(stack.failure or "", FAILED)) if stack.state == "failed" else "",
        reading=stack.state is StackState.READING,
        forms=[form_row(one, names, programme) for one in sheets],
        decided=sum(not one.form.state.waits for one in sheets),
        first=waiting[0].form.id if waiting else None,
        queue=[_page(one) for one in pages if one.state is PageState.QUEUED],
        thrown=[_page(one) for one in pages if one.state is PageState.THROWN],
        reasons={one.value: gettext(words) for one, words in THROWN.items()},
        typed=typed_now(),
        errors=errors,
        back=url_for(
            "consents.list_stacks",
            school_id=stack.school_id,
            class_id=stack.class_id,
            programme=stack.programme,
        ),
    )


def form_row(one: Sheets, names: dict[UUID, str], programme: Programme) -> dict[str, object]:
    """Describe a form of a stack in a row."""
    form = one.form
    return {
        "id": form.id,
        "student": names.get(form.about_id, ""),
        "signer": names.get(form.signer_id, ""),
        "title": gettext(NOTICES[form.notice]),
        "state": gettext(FORMS[form.state]),
        "colour": FORM_COLOURS[form.state],
        "reason": gettext(FAULTS[Fault(form.reason)]) if form.reason in set(Fault) else "",
        "text": text_note(programme, form.notice, form.notice_version),
        "missing": one.missing,
        "pages": form.pages,
        "place": form.place or "",
        "opens": form.state.waits and not one.missing,
    }


def _page(one: ScannedPage) -> dict[str, object]:
    thrown = one.state is PageState.THROWN
    why = one.reason or Why.UNREADABLE.value
    words = THROWN[Thrown(why)] if thrown else WHY[Why(why)]
    return {
        "id": one.id,
        "number": one.number,
        "words": gettext(words),
        "shown": one.picture_file is not None,
    }
