"""Pages of the second person: papers that were entered and wait for him, one by one."""

from uuid import UUID

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.checks import Carry, Check, carry_of, checks_waiting, get_check
from registry.consents.models.stack_forms import get_form, pages_of_forms
from registry.consents.pages.forms import read_form
from registry.consents.pages.paper_words import FAULTS
from registry.consents.pages.room import asked_participation, blueprint, opened_family, opened_school
from registry.consents.pages.rows import people_of
from registry.consents.pages.words import FIELDS
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import CheckState, Fault
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import FaultForm
from registry.consents.usecases.checking import confirm, fetch_check_scan, send_back
from registry.documents.scans.looking import SUFFIXES, TYPES
from registry.errors import N_, NotFoundError
from registry.people.models.families import Family
from registry.people.models.persons import load_persons
from registry.people.pages.looks import saw_list, saw_persons
from registry.people.usecases.looks import What
from registry.web.current import actor, begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in, shows_names, shows_persons
from registry.web.filters import short_day
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

KINDS = {ActKind.GIVEN: N_("Даёт согласие"), ActKind.REFUSED: N_("Не даёт согласия")}
_CHECKS = "/consents/schools/<uuid:school_id>/checks"
_ONE = f"{_CHECKS}/<uuid:check_id>"


@blueprint.get(_CHECKS)
@shows_names
@allowed(Action.PAPER_CHECK)
def list_checks(school_id: UUID) -> ResponseReturnValue:
    """List the papers of a school that wait for a second person."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.PAPER_CHECK, school_id)
        part = asked_participation(reading, school_id)
        found = checks_waiting(reading.connection, school_id, part.programme.id)
        wanted = {one for each in found for one in (each.signer_id, each.student_id)}
        people = load_persons(reading.connection, reading.vault, wanted)
    saw_list(school_id, "paper-checks", school_id)
    names = {one: person.full_name for one, person in people.items()}
    return page(
        "consents/checks.html",
        school=school.name,
        checks=[_row(one, names) for one in found],
        back=url_for("consents.classes"),
    )


def _row(check: Check, names: dict[UUID, str]) -> dict[str, object]:
    return {
        "id": check.id,
        "school_id": check.school_id,
        "student": names.get(check.student_id, ""),
        "signer": names.get(check.signer_id, ""),
        "title": gettext(NOTICES[check.notice]),
        "entered_at": check.entered_at,
        "own": check.entered_by == actor().id,
    }


@blueprint.get(_ONE)
@shows_persons
@allowed(Action.PAPER_CHECK)
def show_check(school_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Show what was entered beside the scan that it was entered from."""
    with begin_reading() as reading:
        check, family = opened_check(reading, school_id, check_id)
        shown = _shown(reading, check, family)
    people = people_of(family)
    saw_persons(school_id, [people[one] for one in {check.signer_id, check.person_id}], What.PAPER)
    return page("consents/check_paper.html", shown=shown, errors={})


@blueprint.get(f"{_ONE}/scan")
@shows_persons
@fresh_sign_in
@allowed(Action.PAPER_CHECK)
def check_scan(school_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Hand out the scan of a paper that waits."""
    return give_check_scan(school_id, check_id)


def give_check_scan(school_id: UUID, check_id: UUID) -> Response:
    """Give the scan of a paper that waits as a file; its signer finds in the trail that it was read."""
    with begin_work() as work:
        check, _ = opened_check(work, school_id, check_id)
        scan = fetch_check_scan(work, school_id, check)
    answer = Response(scan.data, content_type=TYPES[scan.kind])
    name = f"scan-{check_id.hex[-6:]}{SUFFIXES[scan.kind]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post(f"{_ONE}/confirm")
@allowed(Action.PAPER_CHECK)
@once
def confirm_check(school_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Confirm a paper: only now is it an act."""
    with begin_work() as work:
        check, _ = opened_check(work, school_id, check_id)
        confirm(work, school_id, check_id)
    return _onward(check)


@blueprint.post(f"{_ONE}/back")
@allowed(Action.PAPER_CHECK)
@once
def send_check_back(school_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Send a paper back to whoever entered it, with the reason."""
    filled = read_form(FaultForm())
    with begin_work() as work:
        check, family = opened_check(work, school_id, check_id)
        if filled.errors:
            shown = _shown(work, check, family)
            return page("consents/check_paper.html", shown=shown, errors=filled.errors), 422
        send_back(work, school_id, check_id, Fault(filled.values["fault"]))
    return _onward(check)


def opened_check(work: Work, school_id: UUID, check_id: UUID) -> tuple[Check, Family]:
    """Open a paper that waits, of a student about whose papers who asks may have the second word.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    check = get_check(work.connection, school_id, check_id)
    _, family = opened_family(work, Action.PAPER_CHECK, school_id, check.student_id)
    if check.signer_id not in people_of(family):
        raise NotFoundError(N_("Такой бумаги на проверке нет."))
    return check, family


def _onward(check: Check) -> ResponseReturnValue:
    with begin_reading() as reading:
        found = checks_waiting(reading.connection, check.school_id, check.programme)
    others = [one for one in found if one.id != check.id and one.entered_by != actor().id]
    if not others:
        address = url_for("consents.list_checks", school_id=check.school_id, programme=check.programme)
        return redirect(address, 303)
    address = url_for("consents.show_check", school_id=check.school_id, check_id=others[0].id)
    return redirect(address, 303)


def _shown(work: Work, check: Check, family: Family) -> dict[str, object]:
    people = people_of(family)
    carry = carry_of(work.connection, work.vault, check)
    form = get_form(work.connection, check.school_id, check.form_id) if check.form_id else None
    pages = pages_of_forms(work.connection, check.school_id, [form.id]) if form else []
    return {
        "id": check.id,
        "where": {"school_id": check.school_id, "check_id": check.id},
        "student": family.student.full_name,
        "title": gettext(NOTICES[check.notice]),
        "rows": _rows(check, carry, people[check.signer_id].full_name),
        "pages": [(one.id, one.stack_id, one.page) for one in pages if one.picture_file],
        "scan": check.scan is not None,
        "open": check.state is CheckState.WAITING and check.entered_by != actor().id,
        "own": check.entered_by == actor().id,
        "faults": {one.value: gettext(words) for one, words in FAULTS.items()},
        "back": url_for("consents.list_checks", school_id=check.school_id, programme=check.programme),
    }


def _rows(check: Check, carry: Carry, signer: str) -> list[tuple[str, str]]:
    rows = [
        (gettext("Подписывает"), signer),
        (gettext("Что внесено"), gettext(KINDS.get(check.kind, N_("Отзывает согласие")))),
        (gettext("Дата на бумаге"), short_day(check.on_day)),
        (gettext("Где лежит подлинник"), check.place),
    ]
    if check.notice_version:
        rows.append((gettext("Версия текста"), check.notice_version))
    rows += [(gettext(FIELDS[name]), text) for name, text in carry.values.items() if text.strip()]
    if carry.vouches:
        rows.append((gettext("Телефон и почта"), gettext("подписано, что они верны")))
    return rows
