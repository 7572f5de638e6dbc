"""What staff see of a student's acts, and how one that should never have counted is declared invalid."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models import invalidations
from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.models.invalidations import Asked
from registry.consents.models.signatures import count_of_acts
from registry.consents.pages.forms import Typed, errors_of, read_form
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.words import AGREEMENT_DECISIONS, DECISIONS, MEANS
from registry.consents.reasons import ReasonOf, choices_of, words_of
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import AnswerForm, InvalidationForm
from registry.consents.usecases import invalidating
from registry.consents.usecases.receiving import receivers_of
from registry.errors import RegistryError
from registry.people.models.families import Family
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.programmes.rules import NoticeKind
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed, shows_persons
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

_STUDENT = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>"


@blueprint.get(f"{_STUDENT}/acts")
@shows_persons
@allowed(Action.CONSENT_READ)
def show_acts(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """List everything that a student's family decided, what was declared invalid included."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part = asked_participation(reading, school_id)
        acts = acts_of_family(reading, part, family)
        files = count_of_acts(reading.connection, school_id, [one.id for one in acts])
        asked = invalidations.open_about(reading.connection, reading.vault, school_id, student_id)
        receivers = [one.full_name for one in receivers_of(reading, family)]
    saw_persons(school_id, [family.student], What.PAPER)
    return page(
        "consents/record.html",
        student=family.student,
        programme=part.programme.id,
        school_id=school_id,
        rows=[row | {"signatures": files.get(row["id"], 0)} for row in rows_of(family, acts, asked)],
        receivers=receivers,
        can_ask=can(Action.ACT_INVALIDATE),
        can_attach=can(Action.PAPER_RECORD),
        back=class_address(family, part),
    )


def acts_of_family(work: Work, part: Participation, family: Family) -> list[ActRow]:
    """Read the acts about a student and the agreements of his family, the latest first."""
    people = people_of(family)
    found = acts_of_people(work.connection, family.school_id, part.programme.id, set(people))
    kept = [one for one in found if is_of_family(one, family)]
    return kept[::-1]


def is_of_family(act: ActRow, family: Family) -> bool:
    """Tell whether an act is about a student, or an agreement of somebody of his family."""
    agreement = act.notice is NoticeKind.CODE_AGREEMENT and act.signer in people_of(family)
    return act.about == family.student.id or agreement


def rows_of(family: Family, acts: list[ActRow], asked: list[Asked]) -> list[dict[str, Any]]:
    """Describe acts in words: what was decided, by whom, why, and whether it counts."""
    people = people_of(family)
    void = {one.invalidates for one in acts}
    waiting = {one.invalidation.act_id: one for one in asked}
    return [
        {
            "id": one.id,
            "signer": people[one.signer].full_name if one.signer in people else "—",
            "title": gettext(NOTICES[one.notice]),
            "decision": gettext(_decisions(one)[one.kind]),
            "means": "" if one.kind is ActKind.INVALIDATED else gettext(MEANS[one.means]),
            "on_day": one.on_day,
            "place": one.place,
            "reason": words_of(_reason_of(one), one.reason, language()),
            "void": one.id in void,
            "signable": one.kind is not ActKind.INVALIDATED,
            "can_be_void": one.kind is not ActKind.INVALIDATED and one.id not in void,
            "asked": _asked(waiting.get(one.id)),
        }
        for one in acts
    ]


def _decisions(act: ActRow) -> Mapping[ActKind, str]:
    return AGREEMENT_DECISIONS if act.notice is NoticeKind.CODE_AGREEMENT else DECISIONS


def _reason_of(act: ActRow) -> ReasonOf:
    return ReasonOf.REFUSED if act.kind is ActKind.GIVEN else ReasonOf(act.kind)


def _asked(one: Asked | None) -> dict[str, Any] | None:
    if one is None:
        return None
    reason = words_of(ReasonOf.INVALIDATED, one.invalidation.reason, language())
    return {"id": one.invalidation.id, "reason": reason, "note": one.note}


_INVALIDATION = f"{_STUDENT}/acts/<uuid:act_id>/invalidation"


@blueprint.get(_INVALIDATION)
@shows_persons
@allowed(Action.ACT_INVALIDATE)
def show_invalidation(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Ask why an act should never have counted."""
    return _form((school_id, student_id, act_id), Typed(), {})


@blueprint.post(_INVALIDATION)
@allowed(Action.ACT_INVALIDATE)
@once
def ask_invalidation(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Put the question to a second person."""
    filled = read_form(InvalidationForm())
    ids = (school_id, student_id, act_id)
    if filled.errors:
        return _form(ids, filled.typed, filled.errors), 422
    try:
        with begin_work() as work:
            _, act = opened_act(work, ids)
            reason = InvalidReason(filled.values["reason"])
            invalidating.ask_invalidation(work, act, student_id, reason, filled.values["note"])
    except RegistryError as refused:
        return _form(ids, filled.typed, errors_of(refused, "reason")), status_of(refused)
    return _back_to_acts(school_id, student_id, act.programme)


@blueprint.post(f"{_STUDENT}/invalidations/<uuid:invalidation_id>")
@allowed(Action.ACT_INVALIDATE)
@once
def answer_invalidation(school_id: UUID, student_id: UUID, invalidation_id: UUID) -> ResponseReturnValue:
    """Agree or decline as the second person."""
    filled = read_form(AnswerForm())
    agreed = filled.values.get("answer") == "agree"
    with begin_work() as work:
        opened_family(work, Action.ACT_INVALIDATE, school_id, student_id)
        part = asked_participation(work, school_id)
        invalidating.demand_of_student(work, school_id, (student_id, invalidation_id))
        if agreed:
            invalidating.agree(work, school_id, invalidation_id)
        else:
            invalidating.decline(work, school_id, invalidation_id)
    return _back_to_acts(school_id, student_id, part.programme.id)


def opened_act(work: Work, ids: tuple[UUID, UUID, UUID]) -> tuple[Family, ActRow]:
    """Read an act of a student's family (ids of school, student, act), in whose class who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    school_id, student_id, act_id = ids
    _, family = opened_family(work, Action.ACT_INVALIDATE, school_id, student_id)
    return family, invalidating.act_of_family(work, school_id, act_id, student_id, people_of(family).keys())


def _back_to_acts(school_id: UUID, student_id: UUID, programme: str) -> ResponseReturnValue:
    address = url_for("consents.show_acts", school_id=school_id, student_id=student_id, programme=programme)
    return redirect(address, 303)


def _form(ids: tuple[UUID, UUID, UUID], typed: Typed, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        family, act = opened_act(reading, ids)
    saw_persons(ids[0], [family.student], What.PAPER)
    return page(
        "consents/invalidation.html",
        student=family.student.full_name,
        act=rows_of(family, [act], [])[0],
        reasons=choices_of(ReasonOf.INVALIDATED, language()),
        typed=typed,
        errors=errors,
        back=url_for("consents.show_acts", school_id=ids[0], student_id=ids[1], programme=act.programme),
    )
