"""Form by form: the scan beside its fields; entered, put off, or said to be no such form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.stacks import Stack
from registry.consents.pages.forms import Typed, errors_of, read_form
from registry.consents.pages.paper_reading import Open, carried_of, field_errors, opened_paper, paper_of
from registry.consents.pages.paper_words import FAULTS, OF_PAPER, text_warning
from registry.consents.pages.room import blueprint
from registry.consents.pages.stacks import STACK, form_row, opened_stack
from registry.consents.reasons import ReasonOf, choices_of
from registry.consents.rules.stacks import Fault, FormState
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import FaultForm, StackPaperForm
from registry.consents.usecases.stack_entry import (
    Sheets,
    enter_form,
    put_off,
    scan_of,
    sheets_of_form,
    sheets_of_stack,
    take_apart,
)
from registry.errors import N_, NotFoundError, RegistryError
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_persons
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

_FORM = f"{STACK}/forms/<uuid:form_id>"


@dataclass(frozen=True, slots=True)
class Before:
    """A form of a stack as it lies before somebody: the stack, the form's pages, the document that it is."""

    stack: Stack
    sheets: Sheets
    opened: Open
    all: Sequence[Sheets]

    @property
    def number(self) -> int:
        """Which form of the stack it is, from 1."""
        return [one.form.id for one in self.all].index(self.sheets.form.id) + 1

    @property
    def following(self) -> UUID | None:
        """The next form that waits, after this one or from the beginning."""
        ordered = [*self.all[self.number :], *self.all[: self.number - 1]]
        return next((one.form.id for one in ordered if one.now), None)


@blueprint.get(_FORM)
@shows_persons
@allowed(Action.PAPER_RECORD)
def show_stack_form(school_id: UUID, stack_id: UUID, form_id: UUID) -> ResponseReturnValue:
    """Show a form: its pages beside the fields that are read from them."""
    with begin_reading() as reading:
        before = opened_form(reading, school_id, stack_id, form_id)
    saw_persons(school_id, [before.opened.person], What.PAPER)
    return _form(before, Typed(place=before.sheets.form.place or before.stack.place), {})


@blueprint.post(_FORM)
@allowed(Action.PAPER_RECORD)
@once
def enter_stack_form(school_id: UUID, stack_id: UUID, form_id: UUID) -> ResponseReturnValue:
    """Enter what a form says, and go on to the next one."""
    filled = read_form(StackPaperForm())
    with begin_reading() as reading:
        before = opened_form(reading, school_id, stack_id, form_id)
        scan = None if filled.errors else scan_of(reading, before.sheets)
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        carried = carried_of(before.opened, filled)
        errors = dict(filled.errors) | field_errors(work, carried)
        if errors:
            return _form(before, filled.typed, errors), 422
        paper = replace(paper_of(before.opened, filled), scan=scan)
        try:
            enter_form(work, before.stack, before.sheets, paper, carried)
        except RegistryError as refused:
            return _form(before, filled.typed, errors_of(refused, "kind")), status_of(refused)
    return _onward(before)


@blueprint.post(f"{_FORM}/mend")
@allowed(Action.PAPER_RECORD)
@once
def mend_stack_form(school_id: UUID, stack_id: UUID, form_id: UUID) -> ResponseReturnValue:
    """Put a form off until the family has mended it."""
    filled = read_form(FaultForm())
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        if filled.errors:
            return _form(before, filled.typed, filled.errors), 422
        put_off(work, before.stack, form_id, Fault(filled.values["fault"]))
    return _onward(before)


@blueprint.post(f"{_FORM}/apart")
@allowed(Action.PAPER_RECORD)
@once
def take_stack_form_apart(school_id: UUID, stack_id: UUID, form_id: UUID) -> ResponseReturnValue:
    """Say that the pages are no such form: they go into the queue."""
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        take_apart(work, before.stack, form_id)
    return _onward(before)


def opened_form(work: Work, school_id: UUID, stack_id: UUID, form_id: UUID) -> Before:
    """Open a form of a stack with the document that it is, and the stack's other forms.

    Raises:
        NotFoundError: there is none, it was dropped, or who asks may not enter it.
    """
    stack = opened_stack(work, school_id, stack_id)
    sheets = sheets_of_form(work, school_id, form_id)
    form = sheets.form
    if form.stack_id != stack_id or form.state is FormState.DROPPED:
        raise NotFoundError(N_("Такого бланка нет."))
    part = participation_of(work.connection, school_id, stack.programme)
    opened = opened_paper(work, (school_id, form.about_id, form.signer_id), form.notice.value, part)
    return Before(stack, sheets, opened, sheets_of_stack(work, stack))


def _onward(before: Before) -> ResponseReturnValue:
    """Lead to the next form that waits, or back to the stack."""
    stack = before.stack
    if before.following is None:
        address = url_for("consents.show_stack", school_id=stack.school_id, stack_id=stack.id)
        return redirect(address, 303)
    address = url_for(
        "consents.show_stack_form",
        school_id=stack.school_id,
        stack_id=stack.id,
        form_id=before.following,
    )
    return redirect(address, 303)


def _form(before: Before, typed: Typed, errors: dict[str, str]) -> str:
    opened, form, stack = before.opened, before.sheets.form, before.stack
    own_fields = opened.notice is not NoticeKind.CODE_AGREEMENT
    people = {opened.signer.id: opened.signer.full_name, form.about_id: opened.family.student.full_name}
    where = {"school_id": stack.school_id, "stack_id": stack.id}
    return page(
        "consents/stack_form.html",
        where=where | {"form_id": form.id},
        row=form_row(before.sheets, people, opened.part.programme),
        warning=text_warning(opened.part.programme, form.notice, form.notice_version),
        reasons=choices_of(ReasonOf.REFUSED, language()),
        title=gettext(NOTICES[opened.notice]),
        signer=opened.signer.full_name,
        student=opened.family.student.full_name,
        person=opened.person.full_name,
        number=before.number,
        total=len(before.all),
        decided=sum(not one.form.state.waits for one in before.all),
        pages=[(one.id, one.stack_id, one.page) for one in before.sheets.pages if one.picture_file],
        opens=before.sheets.ready,
        fields=opened.fields if own_fields else [],
        unconfirmed=own_fields and bool(opened.missing),
        faults={one.value: gettext(FAULTS[one]) for one in OF_PAPER},
        following=before.following,
        typed=typed,
        errors=errors,
        back=url_for("consents.show_stack", school_id=stack.school_id, stack_id=stack.id),
    )
