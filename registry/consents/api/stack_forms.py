"""Forms of scanned stacks over the API: entered one by one, put off, or said to be no such form."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.papers import EnteredTold, PaperBody, values_of
from registry.consents.api.room import consents_room
from registry.consents.pages.stack_forms import Before, opened_form
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import Fault
from registry.consents.usecases import stack_entry
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried, Entered, wrong_fields
from registry.errors import N_
from registry.web.api import parsing
from registry.web.api.bodies import Body
from registry.web.api.fields import Choice
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer
from registry.web.errors import told
from registry.web.idempotency import once
from registry.work import Work

_FORM = "/schools/<uuid:school_id>/stacks/<uuid:stack_id>/forms/<uuid:form_id>"


class FaultBody(Body):
    """What is wrong with a paper."""

    fault = Choice(Fault, required=True)


@consents_room.serves(f"POST {_FORM}", N_("Записать решение с бланка стопки"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(PaperBody)
@consents_room.answers(EnteredTold, 201)
def enter_stack_form(said: dict[str, Any], school_id: UUID, stack_id: UUID, form_id: UUID) -> Entered:
    """Enter what a form says; its scan is that of the stack."""
    with begin_reading() as reading:
        scan = stack_entry.scan_of(reading, opened_form(reading, school_id, stack_id, form_id).sheets)
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        carried = _carried(work, before, said)
        paper = replace(_paper(before, said), scan=scan)
        return stack_entry.enter_form(work, before.stack, before.sheets, paper, carried)


@consents_room.serves(f"POST {_FORM}/mend", N_("Отложить бланк на исправление"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(FaultBody)
@consents_room.nothing
def mend_stack_form(said: dict[str, Any], school_id: UUID, stack_id: UUID, form_id: UUID) -> None:
    """Put a form off until the family has mended it."""
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        stack_entry.put_off(work, before.stack, form_id, Fault(said["fault"]))


@consents_room.serves(f"POST {_FORM}/apart", N_("Это не тот бланк: вернуть страницы в очередь"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.nothing
def take_stack_form_apart(school_id: UUID, stack_id: UUID, form_id: UUID) -> None:
    """Say that the pages are no such form."""
    with begin_work() as work:
        before = opened_form(work, school_id, stack_id, form_id)
        stack_entry.take_apart(work, before.stack, form_id)


def _carried(work: Work, before: Before, said: dict[str, Any]) -> Carried:
    values = values_of(before.opened, said["fields_carried"])
    carried = Carried(before.opened.person, values, vouches=said["contacts_true"])
    wrong = wrong_fields(work, carried)
    if wrong:
        raise parsing.wrong_fields({name: told(error) for name, error in wrong.items()})
    return carried


def _paper(before: Before, said: dict[str, Any]) -> Paper:
    form = before.sheets.form
    return Paper(
        school_id=form.school_id,
        programme_id=before.stack.programme,
        student_id=form.about_id,
        signer_id=form.signer_id,
        notice=form.notice,
        kind=ActKind(said["kind"]),
        on_day=said["on_day"],
        place=said["place"],
        reason=said["reason"],
        note=said["note"],
    )
