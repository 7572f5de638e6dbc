"""Texts of documents to read again: the one that was decided on, and the one in force where it is another."""

from collections.abc import Mapping
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.decisions import Decided
from registry.consents.models.acts import ActRow, get_act
from registry.consents.pages.room import blueprint, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.sitting import Shown, opened_desk, task_of, where_of
from registry.consents.pages.words import DECISIONS
from registry.consents.rules.titles import NOTICES
from registry.consents.usecases.presenting import read_form
from registry.consents.usecases.signed_text import signed_text
from registry.errors import N_, NotFoundError
from registry.people.models.persons import Person
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import participation_of
from registry.programmes.rules import Programme
from registry.programmes.rules.titles import LANGUAGES
from registry.web.current import begin_reading
from registry.web.doors import allowed, fresh_sign_in, shows_persons
from registry.web.filters import short_day
from registry.web.language import language
from registry.web.templating import page


@blueprint.get("/decide/documents/<uuid:consent_id>/signed")
@allowed(Action.DECIDE)
def read_again(consent_id: UUID) -> ResponseReturnValue:
    """Show the text that the signer decided on, even where it counts no more."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        task = task_of(desk, consent_id)
        act = task.act or task.lapsed
        signed = signed_text(reading, act) if act else None
    if signed is None or act is None:
        raise NotFoundError(N_("Этот документ здесь не подписывали."))
    shown = Shown(desk, task)
    return page(
        "consents/signed.html",
        document=shown,
        signed=signed,
        newer=newer_of(desk.programme, act),
        in_force=url_for("consents.read_in_force", consent_id=task.consent.id),
        lapsed=task.lapsed,
        back=url_for("consents.read", consent_id=task.consent.id),
    )


@blueprint.get("/decide/documents/<uuid:consent_id>/in-force")
@allowed(Action.DECIDE)
def read_in_force(consent_id: UUID) -> ResponseReturnValue:
    """Show the text in force to somebody who decided on another one; nothing is asked of him here."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        task = task_of(desk, consent_id)
        rendered = read_form(reading, where_of(desk, task), chosen_language(desk.programme))
    return page(
        "consents/in_force.html",
        document=Shown(desk, task),
        text=rendered,
        back=url_for("consents.read", consent_id=task.consent.id),
    )


@blueprint.get("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/acts/<uuid:act_id>/text")
@shows_persons
@fresh_sign_in
@allowed(Action.CONSENT_READ)
def read_act_text(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Show staff the text that somebody of a family decided on, as he read it."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        act = get_act(reading.connection, school_id, act_id)
        people = people_of(family)
        if act.signer not in people or act.about not in people:
            raise NotFoundError(N_("Такой записи нет."))
        programme = participation_of(reading.connection, school_id, act.programme).programme
        signed = signed_text(reading, act)
    saw_persons(school_id, [people[act.signer]], What.PAPER)
    back = url_for(
        "consents.choose_paper", school_id=school_id, student_id=student_id, programme=act.programme
    )
    return page(
        "consents/act_text.html",
        title=gettext(NOTICES[act.notice]),
        signer=people[act.signer].full_name,
        act=act,
        signed=signed,
        newer=newer_of(programme, act),
        back=back,
    )


def newer_of(programme: Programme, act: ActRow) -> str:
    """Give the number of the version in force, where it is another than the one that was decided on."""
    number = programme.number_of(act.notice)
    return "" if number == act.notice_version else number


def chosen_language(programme: Programme) -> str:
    """Give the language that the signer reads the document in: as he asks, as his pages, or the first one."""
    asked = request.args.get("language", "")
    return next((one for one in (asked, language()) if one in programme.languages), programme.languages[0])


def tongues_of(programme: Programme) -> dict[str, str]:
    """Name the languages that a programme offers its documents in."""
    return {one: LANGUAGES[one] for one in programme.languages}


def texts_of(decided: Decided, people: Mapping[UUID, Person]) -> list[dict[str, object]]:
    """Name the texts that the family decided on, those that count no more among them."""
    family, acts = decided.family, [*decided.acts.values(), *decided.lapsed]
    return [
        {
            "title": gettext(NOTICES[one.notice]),
            "number": one.notice_version,
            "said": gettext(DECISIONS[one.kind]),
            "signer": people[one.signer].full_name,
            "address": url_for(
                "consents.read_act_text",
                school_id=family.school_id,
                student_id=family.student.id,
                act_id=one.id,
            ),
        }
        for one in sorted(acts, key=lambda act: act.recorded_at)
        if one.signer in people
    ]


def summary_of(shown: Shown, read_in: str) -> list[tuple[str, str]]:
    """Say in short what a document asks, in the language that it is read in."""
    programme = shown.desk.programme
    notice = programme.notice(shown.task.consent.notice, read_in)
    if shown.is_agreement:
        return [
            (gettext("Зачем"), notice.purpose),
            (gettext("Ваша подпись"), gettext("код из шести цифр в сообщении")),
            (gettext("Срок действия"), gettext("пока вы или школа не откажетесь")),
        ]
    return [
        (gettext("Кто получит данные"), programme.receiver.name),
        (gettext("Зачем"), notice.purpose),
        (gettext("До какого дня"), short_day(programme.valid_until)),
    ]
