"""Opt-outs on pages: a signer's own in his sitting, and those that staff enter from paper."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.opt_outs import OptOutRow, opt_outs_of_student
from registry.consents.pages.forms import Typed, errors_of, read_form
from registry.consents.pages.opt_out_words import matter_of, matters_of, said_of_matter
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.signing_code import code_page_for
from registry.consents.pages.sitting import opened_desk
from registry.consents.reasons import ReasonOf, choices_of, words_of
from registry.consents.rules.opt_outs import given
from registry.consents.schemas import OptOutForm, OptOutPaperForm
from registry.consents.usecases.online import code_needed
from registry.consents.usecases.opting_out import Application, end_opt_out, opt_out
from registry.consents.usecases.sitting import Desk
from registry.errors import N_, NotFoundError, RegistryError
from registry.people.models.families import Family
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.programmes.rules import Means, Programme
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed, shows_persons
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

_OWN = "/decide/students/<uuid:student_id>/opt-outs"
_OF_STAFF = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>/opt-outs"


@blueprint.get(_OWN)
@allowed(Action.DECIDE)
def own_opt_outs(student_id: UUID) -> ResponseReturnValue:
    """Show a signer what he opted out of for a student, and ask for more."""
    return _own_page(student_id, Typed(), {})


@blueprint.post(_OWN)
@allowed(Action.DECIDE)
@once
def opt_out_here(student_id: UUID) -> ResponseReturnValue:
    """Opt out in a sitting."""
    filled = read_form(OptOutForm())
    if filled.errors:
        return make_response(_own_page(student_id, filled.typed, filled.errors), 422)
    try:
        with begin_work() as work:
            desk, family = _opened(work, student_id)
            matter = matter_of(filled.values["matter"], desk.programme.id)
            opt_out(work, family, matter, _in_sitting(work, desk, filled.values))
    except RegistryError as refused:
        shown = _own_page(student_id, filled.typed, errors_of(refused, "matter"))
        return make_response(shown, status_of(refused))
    return redirect(url_for("consents.own_opt_outs", student_id=student_id), 303)


@blueprint.post(f"{_OWN}/<uuid:opt_out_id>/end")
@allowed(Action.DECIDE)
@once
def end_opt_out_here(student_id: UUID, opt_out_id: UUID) -> ResponseReturnValue:
    """Take an opt-out back in a sitting."""
    with begin_work() as work:
        desk, family = _opened(work, student_id)
        end_opt_out(work, family, opt_out_id, _in_sitting(work, desk, {"reason": "", "note": ""}))
    return redirect(url_for("consents.own_opt_outs", student_id=student_id), 303)


def _opened(work: Work, student_id: UUID) -> tuple[Desk, Family]:
    desk = opened_desk(work)
    family = next((one for one in desk.families if one.student.id == student_id), None)
    if family is None:
        raise NotFoundError(N_("Такого человека в вашем списке нет."))
    return desk, family


def _in_sitting(work: Work, desk: Desk, values: Any) -> Application:  # noqa: ANN401 - of a form
    if desk.sitting.code_id is None:
        raise code_needed()
    evidence = {
        "sitting": str(desk.sitting.id),
        "code": str(desk.sitting.code_id),
        "auth": desk.sitting.auth,
        "address": request.remote_addr or "",
        "agent": request.headers.get("User-Agent", "")[:300],
    }
    return Application(
        desk.signer.id,
        work.today,
        Means.CODE,
        reason=values["reason"],
        note=values["note"],
        evidence=evidence,
    )


def _own_page(student_id: UUID, typed: Typed, errors: dict[str, str]) -> ResponseReturnValue:
    with begin_reading() as reading:
        desk, family = _opened(reading, student_id)
        held = opt_outs_of_student(reading.connection, family.school_id, student_id)
    elsewhere = code_page_for(desk) if request.method == "GET" else None
    if elsewhere is not None:
        return elsewhere
    mine = [one for one in held if one.signer == desk.signer.id]
    return page(
        "consents/own_opt_outs.html",
        student=family.student,
        rows=rows_of(mine, desk.programme, family),
        matters=matters_of(desk.programme, language()),
        reasons=choices_of(ReasonOf.OPT_OUT, language()),
        by_law=desk.programme.e_learning.by_law,
        typed=typed,
        errors=errors,
        back=url_for("consents.desk"),
    )


def rows_of(held: list[OptOutRow], programme: Programme, family: Family) -> list[dict[str, Any]]:
    """Describe the opt-outs that nobody ended."""
    people = people_of(family)
    standing = {one.id for one in given(held)}
    return [
        {
            "id": one.id,
            "matter": said_of_matter(one.matter, programme, language()),
            "signer": people[one.signer].full_name if one.signer in people else "—",
            "signer_id": one.signer,
            "on_day": one.on_day,
            "place": one.place,
            "reason": words_of(ReasonOf.OPT_OUT, one.reason, language()),
        }
        for one in held
        if one.id in standing
    ]


@blueprint.get(_OF_STAFF)
@shows_persons
@allowed(Action.CONSENT_READ)
def show_opt_outs(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Show what was opted out of for a student, and ask for a paper that says more."""
    return _staff_page((school_id, student_id), Action.CONSENT_READ, Typed(), {})


@blueprint.post(_OF_STAFF)
@allowed(Action.PAPER_RECORD)
@once
def record_opt_out(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Enter an opt-out, or the end of one, from a paper."""
    filled = read_form(OptOutPaperForm())
    ids = (school_id, student_id)
    if filled.errors:
        return _staff_page(ids, Action.PAPER_RECORD, filled.typed, filled.errors), 422
    try:
        with begin_work() as work:
            _, family = opened_family(work, Action.PAPER_RECORD, school_id, student_id)
            part = asked_participation(work, school_id)
            _enter(work, family, part, filled.values)
    except RegistryError as refused:
        errors = errors_of(refused, "matter")
        return _staff_page(ids, Action.PAPER_RECORD, filled.typed, errors), status_of(refused)
    address = url_for(
        "consents.show_opt_outs", school_id=school_id, student_id=student_id, programme=part.programme.id
    )
    return redirect(address, 303)


def _enter(work: Work, family: Family, part: Participation, values: Any) -> None:  # noqa: ANN401 - of a form
    said = Application(
        values["signer"],
        values["on_day"],
        Means.PAPER,
        place=values["place"],
        reason=values["reason"],
        note=values["note"],
    )
    kind, _, ended = values["matter"].partition("end:")
    if ended and not kind:
        end_opt_out(work, family, UUID(ended), said)
    else:
        opt_out(work, family, matter_of(values["matter"], part.programme.id), said)


def _staff_page(ids: tuple[UUID, UUID], action: Action, typed: Typed, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        _, family = opened_family(reading, action, *ids)
        part = asked_participation(reading, ids[0])
        held = opt_outs_of_student(reading.connection, *ids)
    saw_persons(ids[0], [family.student], What.PAPER)
    rows = rows_of(held, part.programme, family)
    ends = {f"end:{one['id']}": gettext("Отменяет отказ: %(what)s", what=one["matter"]) for one in rows}
    return page(
        "consents/opt_outs.html",
        student=family.student,
        programme=part.programme.id,
        rows=rows,
        can_record=can(Action.PAPER_RECORD),
        matters=matters_of(part.programme, language()) | ends,
        signers={str(one.id): one.full_name for one in people_of(family).values()},
        reasons=choices_of(ReasonOf.OPT_OUT, language()),
        typed=typed,
        errors=errors,
        back=class_address(family, part),
    )
