"""What staff who may see a student's card see of his consents: each act, its evidence, and two times."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action, Role
from registry.consents.models.acts import ActRow, acts_of_people, get_act
from registry.consents.pages.room import asked_participation, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.words import AGREEMENT_DECISIONS, DECISIONS, REASONS, SIGNS, STATES
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import Decision
from registry.consents.rules.titles import NOTICES
from registry.consents.told.evidence import told
from registry.consents.usecases.evidence import ActEvidence, evidence_of_act
from registry.consents.usecases.hindsight import Days, Hindsight, look_back
from registry.errors import N_, InvalidError, NotFoundError
from registry.people.models.families import Family
from registry.people.models.places import School
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.programmes.rules import NoticeKind
from registry.proofs.pages.bundles import STUDENT
from registry.proofs.pages.room import blueprint, recorded
from registry.web.current import begin_reading, can, rights
from registry.web.doors import allowed, shows_persons
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

NO_DAY = N_("Выберите оба дня.")


@blueprint.get(f"{STUDENT}/evidence")
@shows_persons
@allowed(Action.CONSENT_READ)
def overview(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """List what was decided about a student; who audits asks what was known on one day about another."""
    with begin_reading() as reading:
        school, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part, people = asked_participation(reading, school_id), people_of(family)
        found = acts_of_people(reading.connection, school_id, part.programme.id, set(people))
        acts = [one for one in found if {one.signer, one.about} <= people.keys()]
        back, days = _hindsight(reading, school, family, part), _asked_days()
    saw_persons(school_id, list(people.values()), What.PROOF)
    names = {one.id: one.full_name for one in people.values()}
    return page(
        "proofs/evidence_list.html",
        student=family.student,
        school_id=school_id,
        programme=part.programme.id,
        acts=[_row(school, one, names, student_id) for one in acts],
        audits=_audits(),
        asked=days,
        then=back,
        back=class_address(family, part),
    )


@blueprint.get(f"{STUDENT}/acts/<uuid:act_id>/evidence")
@shows_persons
@allowed(Action.CONSENT_READ)
def show(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Show the evidence of one act in words."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        people, act = people_of(family), get_act(reading.connection, school_id, act_id)
        if not {act.signer, act.about} <= people.keys():
            raise NotFoundError(N_("Такой записи нет."))
        evidence = evidence_of_act(reading, school_id, act_id)
        groups = told(evidence, language())
        part = asked_participation(reading, school_id)
    saw_persons(school_id, [people[one] for one in dict.fromkeys((act.signer, act.about))], What.PROOF)
    return page(
        "proofs/evidence.html",
        ids={"school_id": school_id, "student_id": student_id, "act_id": act_id},
        consent_id=act.consent_id,
        signer=people[act.signer].full_name,
        decision=_decision(act),
        title=gettext(NOTICES[act.notice]),
        groups=[(one.title, *recorded(one.lines)) for one in groups],
        files=_files(student_id, evidence),
        can_attach=can(Action.PAPER_RECORD) and act.kind is not ActKind.INVALIDATED,
        can_take=can(Action.TRAIL_READ),
        back=url_for(
            "proofs.overview", school_id=school_id, student_id=student_id, programme=part.programme.id
        ),
    )


def _files(student_id: UUID, evidence: ActEvidence) -> list[str]:
    """Give the addresses of the files of signatures that are kept."""
    return [
        url_for(
            "proofs.fetch_signature",
            school_id=one.kept.school_id,
            student_id=student_id,
            act_id=one.kept.act_id,
            signature_id=one.kept.id,
        )
        for one in evidence.signatures
        if one.kept.signature_file is not None
    ]


def _row(school: School, act: ActRow, names: dict[UUID, str], student_id: UUID) -> dict[str, Any]:
    return {
        "title": gettext(NOTICES[act.notice]),
        "signer": names[act.signer],
        "decision": _decision(act),
        "on_day": act.on_day,
        "recorded_at": act.recorded_at,
        "zone": school.timezone,
        "address": url_for(
            "proofs.show",
            school_id=school.id,
            student_id=student_id,
            act_id=act.id,
            programme=act.programme,
        ),
    }


def _decision(act: ActRow) -> str:
    words = AGREEMENT_DECISIONS if act.notice is NoticeKind.CODE_AGREEMENT else DECISIONS
    return str(gettext(words[act.kind]))


def _audits() -> bool:
    return any(right.role is Role.AUDITOR for right in rights())


def _asked_days() -> dict[str, str]:
    return {name: request.args.get(name, "")[:10] for name in ("known_on", "about")}


def _hindsight(work: Work, school: School, family: Family, part: Participation) -> dict[str, Any] | None:
    """Look back where who audits asked for two days."""
    typed = _asked_days()
    if not _audits() or not any(typed.values()):
        return None
    try:
        known_on, about = (date.fromisoformat(one) for one in typed.values())
    except ValueError:
        raise InvalidError(NO_DAY, code="no-day") from None
    days = Days(known_on, about, school.timezone)
    found = look_back(work, school.id, part.programme.id, family.student.id, days)
    return _in_words(found, days)


def _in_words(found: Hindsight, days: Days) -> dict[str, Any]:
    return {
        "known_on": days.known_on,
        "about": days.about,
        "then": _state(found.decision),
        "now": _state(found.of_now),
        "differs": found.decision != found.of_now,
        "acts": len(found.known),
    }


def _state(decision: Decision) -> str:
    reasons = ", ".join(gettext(REASONS[one]) for one in decision.reasons)
    said = f"{SIGNS[decision.state]} {gettext(STATES[decision.state])}"
    return f"{said} ({reasons})" if reasons else said
