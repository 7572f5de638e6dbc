"""The pages of destructions after withdrawals: which are to come, what each takes, and what holds it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import opened_school, place_of, readable_schools
from registry.consents.rules.titles import NOTICES
from registry.errors import N_, ConflictError, InvalidError, RegistryError
from registry.people.models.persons import load_persons
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.rights import holding
from registry.rights.models import destructions, shredding
from registry.rights.models.destructions import Shown
from registry.rights.models.receivers import receivers_of
from registry.rights.rules import Outcome, Told
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed, shows_names
from registry.web.errors import status_of, told
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.paging import PAGE_LENGTH, asked_after, listing
from registry.web.templating import page
from registry.work import Work
from registry.workflows import versions
from registry.workflows.names import NAMES

blueprint = Blueprint("rights", __name__, template_folder="../templates")

NAMES.page_of(
    "destruction",
    Action.SUBMISSION_READ,
    lambda case: url_for("rights.show", destruction_id=case.subject.id),
)
navigation.add(
    navigation.Entry(
        "rights.overview",
        N_("Уничтожение данных"),
        N_("Что и когда будет уничтожено после отзыва согласий, и что этому мешает."),
        Action.SUBMISSION_READ,
        order=70,
    )
)

COLOURS = {"waiting": "blue", "kept": "orange", "destroyed": "grey", "dropped": "green"}
TOLD = {
    Told.CONFIRMED: N_("извещён об отзыве и подтвердил уничтожение"),
    Told.TOLD: N_("извещён об отзыве, подтверждения ещё нет"),
    Told.REPLACED: N_("это сообщение заменено более новым, без этих данных"),
    Told.NOT_ACCEPTED: N_("сообщение не принял: этих данных у него нет"),
    Told.NOT_TOLD: N_("ещё не извещён"),
    Told.BY_HAND: N_("получил документы файлом: известите его сами"),
}
HOLDING = {
    "kept-open-submission": N_("Передача с данными обучающегося ещё не закончена."),
    "given-again": N_("Согласие снова действует: его данные нужны."),
}
COUNTS = {
    "evidence": N_("Записи журнала, содержание которых уничтожено"),
    "texts": N_("Тексты, показанные подписавшему"),
    "scans": N_("Сканы бумаг"),
    "signatures": N_("Файлы подписей"),
    "payloads": N_("Читаемые копии сообщений"),
    "fields": N_("Адреса и документы в карточках"),
}


@blueprint.get("/destructions")
@allowed(Action.SUBMISSION_READ)
def overview() -> ResponseReturnValue:
    """List what is to be destroyed, the nearest day first, and what was destroyed lately."""
    with begin_reading() as work:
        schools = {one.id: one for one in readable_schools(work, Action.SUBMISSION_READ)}
        shown = listing(
            destructions.open_of_schools(work.connection, schools, asked_after()),
            lambda one: one.destruction.id,
        )
        done = destructions.done_of_schools(work.connection, schools, PAGE_LENGTH)
        notices = {kind: gettext(words) for kind, words in NOTICES.items()}
        words = {"notices": notices, "states": _states(work), "colours": COLOURS}
        today = work.today
    return page("rights/destructions.html", shown=shown, done=done, schools=schools, words=words, today=today)


@blueprint.get("/destructions/<uuid:destruction_id>")
@shows_names
@allowed(Action.SUBMISSION_READ)
def show(destruction_id: UUID) -> ResponseReturnValue:
    """Show one: whose consent, what goes and when, who has the data, and what holds it."""
    with begin_reading() as work:
        found, school = opened_destruction(work, Action.SUBMISSION_READ, destruction_id)
        shown = _shown(work, found, school)
    saw_list(school.id, "destruction", destruction_id)
    return page("rights/destruction.html", shown=shown, errors={})


@blueprint.post("/destructions/<uuid:destruction_id>/keep")
@allowed(Action.SUBMISSION_RESOLVE)
@once
def keep(destruction_id: UUID) -> ResponseReturnValue:
    """Hold it; what is wrong stands at the form."""
    try:
        with begin_work() as work:
            opened_destruction(work, Action.SUBMISSION_RESOLVE, destruction_id)
            holding.keep(work, destruction_id, request.form.get("why", ""))
    except (InvalidError, ConflictError) as error:
        return _with_error(destruction_id, error)
    return redirect(url_for("rights.show", destruction_id=destruction_id), 303)


@blueprint.post("/destructions/<uuid:destruction_id>/let-go")
@allowed(Action.SUBMISSION_RESOLVE)
@once
def let_go(destruction_id: UUID) -> ResponseReturnValue:
    """Lift the order to keep."""
    with begin_work() as work:
        opened_destruction(work, Action.SUBMISSION_RESOLVE, destruction_id)
        holding.let_go(work, destruction_id)
    return redirect(url_for("rights.show", destruction_id=destruction_id), 303)


def opened_destruction(work: Work, action: Action, destruction_id: UUID) -> tuple[Shown, School]:
    """Read a destruction of a school where who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    found = destructions.get(work.connection, destruction_id)
    return found, opened_school(work, action, found.destruction.school_id)


def _with_error(destruction_id: UUID, error: RegistryError) -> ResponseReturnValue:
    with begin_reading() as work:
        found, school = opened_destruction(work, Action.SUBMISSION_RESOLVE, destruction_id)
        shown = _shown(work, found, school)
    return page("rights/destruction.html", shown=shown, errors={"why": told(error)}), status_of(error)


def _shown(work: Work, found: Shown, school: School) -> dict[str, Any]:
    paper = shredding.paper_of(work.connection, school.id, found.destruction.consent_id)
    people = load_persons(work.connection, work.vault, paper.people)
    names = {one: people[one].full_name if one in people else None for one in paper.people}
    outcome = found.destruction.outcome
    code = holding.refused_by(work, found)
    may = can(Action.SUBMISSION_RESOLVE, place_of(school))
    return {
        "one": found.destruction,
        "school": school,
        "notice": gettext(NOTICES[found.notice]),
        "signer": names[paper.signer_id],
        "about": names[paper.about_id] if paper.about_id != paper.signer_id else None,
        "himself": paper.about_id == paper.signer_id,
        "state": found.state,
        "title": _states(work)[found.state],
        "colour": COLOURS[found.state],
        "places": shredding.places_of(work.connection, paper),
        "receivers": [
            (one.name, gettext(TOLD[one.told]), one.confirmed_at)
            for one in receivers_of(work.connection, paper)
        ],
        "counts": _counts(outcome),
        "people": len(outcome.people) if outcome else 0,
        "why": holding.reason_of(work, found),
        "held": gettext(HOLDING[code]) if code in HOLDING else None,
        "can_keep": may and found.state == "waiting",
        "can_let_go": may and found.state == "kept",
    }


def _counts(outcome: Outcome | None) -> list[tuple[str, int]]:
    return [(gettext(words), getattr(outcome, name)) for name, words in COUNTS.items()] if outcome else []


def _states(work: Work) -> dict[str, str]:
    definition, _ = versions.newest(work.connection, "destruction")
    return {one.id: one.title.get(language(), one.title["ru"]) for one in definition.states}
