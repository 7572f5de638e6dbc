"""The second look at a paper: another person confirms what was entered, or sends it back."""

from dataclasses import replace
from uuid import UUID

from registry.consents.models.checks import Check, carry_of, get_check, settle_check
from registry.consents.models.stack_forms import forget_pictures, get_form, settle_form, when_settled
from registry.consents.rules.stacks import CheckState, Fault, FormState
from registry.consents.usecases.paper import Checked, Paper
from registry.consents.usecases.paper_entry import CHECK, Carried, Entered, record_entered, told_of_draw
from registry.documents.scans.looking import Scan
from registry.errors import N_, ConflictError, ForbiddenError
from registry.people.jobs import FORGET_FILES
from registry.people.models.persons import get_person
from registry.people.usecases.looks import What, note_look
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work


def confirm(work: Work, school_id: UUID, check_id: UUID) -> Entered:
    """Write the act that a paper carries, now that a second person has looked; twice is once.

    Raises:
        ForbiddenError: who confirms entered it himself.
        ConflictError: it was sent back, or the state of things allows the act no longer.
    """
    check = get_check(work.connection, school_id, check_id)
    if check.state is CheckState.CONFIRMED:
        return Entered(None, check_id=check.id)
    _let_second_person(work, check)
    person = get_person(work.connection, work.vault, check.person_id)
    carry = carry_of(work.connection, work.vault, check)
    told = _told(work, check)
    paper = Paper(
        school_id=school_id,
        programme_id=check.programme,
        student_id=check.student_id,
        signer_id=check.signer_id,
        notice=check.notice,
        kind=check.kind,
        on_day=check.on_day,
        place=check.place,
        scan=_scan(work, check),
        check=Checked(check.entered_by, told),
        reason=carry.reason,
        note=carry.note,
        version=check.notice_version or "",
    )
    entered = record_entered(work, paper, Carried(person, carry.values, vouches=carry.vouches))
    reach("check.act-before-settled")
    act_id = entered.signed.act_id if entered.signed else None
    _settle(work, check, CheckState.CONFIRMED, {"act_id": act_id})
    reach("check.settled-before-form")
    files = _move_form(work, check, FormState.DONE, None)
    _forget(work, check, files)
    _record(work, check, EntryType.PAPER_CONFIRMED, {"act": str(act_id)})
    return replace(entered, check_id=check.id)


def send_back(work: Work, school_id: UUID, check_id: UUID, fault: Fault) -> None:
    """Send a paper back to whoever entered it, with the reason; nothing was decided by it. Twice is once.

    Raises:
        ForbiddenError: who sends it back entered it himself.
        ConflictError: it was confirmed.
    """
    check = get_check(work.connection, school_id, check_id)
    if check.state is CheckState.SENT_BACK:
        return
    _let_second_person(work, check)
    _settle(work, check, CheckState.SENT_BACK, {"reason": fault.value})
    _move_form(work, check, FormState.BACK, fault)
    _forget(work, check, [])
    _record(work, check, EntryType.PAPER_SENT_BACK, {"reason": fault.value})


def fetch_check_scan(work: Work, school_id: UUID, check: Check) -> Scan:
    """Give the scan of a paper that waits, and record that it was looked at.

    Raises:
        NotFoundError: there is none.
    """
    signer = get_person(work.connection, work.vault, check.signer_id)
    note_look(work, school_id, [signer], What.PAPER)
    scan = _scan(work, check)
    if scan is None:
        raise ConflictError(N_("Скана у этой бумаги нет: проверьте её по подлиннику."), code="no-scan")
    return scan


def _let_second_person(work: Work, check: Check) -> None:
    if work.actor.id is None or work.actor.id == check.entered_by:
        raise ForbiddenError(N_("Проверяет другой человек, не тот, кто внёс бумагу."), code="same-person")


def _told(work: Work, check: Check) -> dict[str, Json]:
    form = get_form(work.connection, check.school_id, check.form_id) if check.form_id else None
    came = {"stack": str(form.stack_id), "form": str(form.id)} if form else {}
    return came | {
        "check": told_of_draw(check.draw, check.form_id or check.id),
        "entered_at": check.entered_at.isoformat(),
        "checked_by": str(work.actor.id),
        "checked_role": work.actor.role,
        "role": None,  # in which role it was entered was not recorded
    }


def _scan(work: Work, check: Check) -> Scan | None:
    kept = check.scan
    return None if kept is None else Scan(kept.kind, kept.pages, work.files.get(kept.scan_file))


def _settle(work: Work, check: Check, state: CheckState, values: dict[str, object]) -> None:
    said = values | {"checked_by": work.actor.id, "checked_at": work.now}
    if not settle_check(work.connection, check, state, said):
        raise ConflictError(
            N_("По этой бумаге тем временем решил другой человек; откройте страницу снова."), code="decided"
        )


def _move_form(work: Work, check: Check, state: FormState, fault: Fault | None) -> list[UUID]:
    """Let the form of a stack follow; give the pictures that nobody needs any more."""
    if check.form_id is None:
        return []
    form = get_form(work.connection, check.school_id, check.form_id)
    said = {"reason": fault.value if fault else None, **when_settled(work.actor.id, work.now)}
    settle_form(work.connection, form, state, said)
    return forget_pictures(work.connection, form.school_id, form.id) if state is FormState.DONE else []


def _forget(work: Work, check: Check, pictures: list[UUID]) -> None:
    files = [*pictures, *([check.scan.scan_file] if check.scan else [])]
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])


def _record(work: Work, check: Check, what: EntryType, state: dict[str, Json]) -> None:
    slots = tuple(Slot(one, None) for one in dict.fromkeys((check.signer_id, check.student_id)))
    work.record(Entry(what, ObjectRef(CHECK, check.id, 2), state, check.school_id, slots))
