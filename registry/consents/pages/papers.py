"""Pages of papers: which document of whom, and what the paper says."""

from dataclasses import replace
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.decisions import Decided, decision_of
from registry.consents.models.scans import scans_about
from registry.consents.pages.forms import Typed, errors_of, read_form
from registry.consents.pages.links import signers_of
from registry.consents.pages.paper_reading import (
    Open,
    carried_of,
    field_errors,
    opened_here,
    paper_of,
)
from registry.consents.pages.paper_words import texts_shown
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.scans import MOST_BYTES, sent_scan, shown_scan
from registry.consents.pages.texts import texts_of
from registry.consents.pages.words import FIELDS, STANDINGS
from registry.consents.reasons import reasons_to_say_no
from registry.consents.rules.acts import standing_of
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import PaperForm
from registry.consents.usecases.paper_entry import Entered, enter_paper
from registry.errors import N_, RegistryError
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.programmes.rules import NoticeKind
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed, shows_persons, takes_up_to
from registry.web.errors import status_of
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

LEFT_OUT = N_("Решение записано, но эти сведения уже есть у другого человека и не записаны: %(fields)s.")


@blueprint.get("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/paper")
@shows_persons
@allowed(Action.PAPER_RECORD)
def choose_paper(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """List the documents of a student's signers, to choose which paper is in hand."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.PAPER_RECORD, school_id, student_id)
        part = asked_participation(reading, school_id)
        decided = decision_of(reading, school_id, part.programme.id, student_id)
        rows = [_choice(part, decided, one, kind) for one, kind in documents_of(reading, part, family)]
        people = people_of(family)
        kept = scans_about(reading.connection, school_id, part.programme.id, people.keys())
    saw_persons(school_id, [family.student], What.PAPER)
    return page(
        "consents/choose_paper.html",
        student=family.student,
        rows=rows,
        texts=texts_of(decided, people) if can(Action.CONSENT_READ) else [],
        scans=[shown_scan(family, people[one.signer_id], one) for one in kept]
        if can(Action.CONSENT_READ)
        else [],
        back=class_address(family, part),
    )


def documents_of(work: Work, part: Participation, family: Family) -> list[tuple[Person, NoticeKind]]:
    """List the documents that the signers of a student may have signed on paper."""
    found: list[tuple[Person, NoticeKind]] = []
    for signer in signers_of(work, part, family):
        own = signer.id == family.student.id
        kinds = (
            [NoticeKind.STUDENT_SELF] if own else [NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF]
        )
        found += [(signer, kind) for kind in (*kinds, NoticeKind.CODE_AGREEMENT)]
    return found


def _choice(part: Participation, decided: Decided, signer: Person, kind: NoticeKind) -> dict[str, object]:
    family = decided.family
    standing = standing_of(decided.acts.values(), kind, signer.id)
    known = kind is not NoticeKind.CODE_AGREEMENT
    return {
        "signer": signer.full_name,
        "title": gettext(NOTICES[kind]),
        "standing": gettext(STANDINGS[standing]) if known else "",
        "address": url_for(
            "consents.show_paper",
            school_id=family.school_id,
            student_id=family.student.id,
            signer_id=signer.id,
            notice=kind.value,
            programme=part.programme.id,
        ),
    }


_PAPER = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>/paper/<uuid:signer_id>/<notice>"


@blueprint.get(_PAPER)
@shows_persons
@allowed(Action.PAPER_RECORD)
def show_paper(school_id: UUID, student_id: UUID, signer_id: UUID, notice: str) -> ResponseReturnValue:
    """Ask what the paper says."""
    with begin_reading() as reading:
        opened = opened_here(reading, (school_id, student_id, signer_id), notice)
    saw_persons(school_id, [opened.person], What.PAPER)
    return _form(opened, Typed(), {})


@blueprint.post(_PAPER)
@takes_up_to(MOST_BYTES)
@allowed(Action.PAPER_RECORD)
@once
def record_paper(school_id: UUID, student_id: UUID, signer_id: UUID, notice: str) -> ResponseReturnValue:
    """Record what the paper says, with the missing fields that it carries."""
    filled = read_form(PaperForm())
    with begin_reading() as reading:
        # For whom else would a file be opened?
        opened_here(reading, (school_id, student_id, signer_id), notice)
    scan, scan_errors = sent_scan()
    with begin_work() as work:
        opened = opened_here(work, (school_id, student_id, signer_id), notice)
        carried = carried_of(opened, filled)
        errors = dict(filled.errors) | field_errors(work, carried) | scan_errors
        if errors:
            return _form(opened, filled.typed, errors), 422
        try:
            entered = enter_paper(work, replace(paper_of(opened, filled), scan=scan), carried)
        except RegistryError as refused:
            return _form(opened, filled.typed, errors_of(refused, "kind")), status_of(refused)
    if entered.left_out:
        return _left_out(opened, entered.left_out)
    return redirect(class_address(opened.family, opened.part, _done(entered)), 303)


def _done(entered: Entered) -> str:
    if entered.signed is None:
        return "check"
    return "lapsed" if entered.lapsed else "paper"


def _form(opened: Open, typed: Typed, errors: dict[str, str]) -> str:
    own_fields = opened.notice is not NoticeKind.CODE_AGREEMENT
    return page(
        "consents/paper.html",
        programme=opened.part.programme.id,
        title=gettext(NOTICES[opened.notice]),
        signer=opened.signer.full_name,
        student=opened.family.student.full_name,
        person=opened.person.full_name,
        fields=opened.fields if own_fields else [],
        texts=texts_shown(opened.part.programme, opened.notice, opened.texts),
        text_in_force=opened.texts[0].version,
        reasons=reasons_to_say_no(language()),
        unconfirmed=own_fields and bool(opened.missing),
        typed=typed,
        errors=errors,
        back=url_for(
            "consents.choose_paper",
            school_id=opened.family.school_id,
            student_id=opened.family.student.id,
            programme=opened.part.programme.id,
        ),
    )


def _left_out(opened: Open, fields: tuple[str, ...]) -> str:
    words = ", ".join(gettext(FIELDS[name]) for name in fields)
    return page(
        "consents/left_out.html",
        text=gettext(LEFT_OUT, fields=words),
        person=opened.person.full_name,
        back=class_address(opened.family, opened.part),
    )
