"""The signer's desk: a list of what he has to do, the agreement first, then data, then documents."""

from collections.abc import Container, Sequence
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.access.usecases.sessions import sign_out
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import Shown, opened_desk
from registry.consents.pages.words import FIELDS
from registry.consents.rules.acts import Standing
from registry.consents.rules.families import Lack
from registry.consents.usecases.lacking import lacking_of
from registry.consents.usecases.own_data import people_of
from registry.consents.usecases.sitting import Desk, Task
from registry.errors import N_
from registry.people.models import places
from registry.people.models.persons import Person
from registry.people.usecases.accounts import held_of
from registry.web import navigation
from registry.web.cookies import drop_token, sent_token
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed
from registry.web.language import in_language
from registry.web.templating import page
from registry.work import Work

navigation.add(
    navigation.Entry(
        "consents.desk",
        N_("Мои решения"),
        N_("Документы, которые ждут вашего решения, и те, что вы уже решили."),
        Action.DECIDE,
        order=10,
    )
)

Row = tuple[str, str | None, str, str | None]
"""A line of the task list: title, address, status in words, colour of its tag."""

SAVED = {
    "data": N_("Данные сохранены."),
    "given": N_("Решение записано."),
}


@blueprint.get("/decide")
@allowed(Action.DECIDE)
def desk() -> ResponseReturnValue:
    """List what the signer has to do."""
    with begin_reading() as reading:
        found = opened_desk(reading)
        school = places.get_school(reading.connection, found.sitting.school_id)
        people = list(people_of(reading, found).values())
        held = held_of(reading, people).values()
        differing = frozenset(one.person.id for one in held if one.differs)
    said = SAVED.get(request.args.get("saved", ""))
    shown = {
        "school": school.full_name,
        "programme": in_language(found.programme.title),
        "deadline": found.programme.deadline,
        "saved": gettext(said) if said else None,
        "finished": bool(found.tasks) and all(one.standing is not Standing.SILENT for one in found.tasks),
        "students": [one.student for one in found.families],
        "sections": sections_of(found, people, differing),
    }
    return page("consents/desk.html", desk=shown)


def sections_of(found: Desk, people: Sequence[Person], differing: Container[UUID]) -> list[dict[str, object]]:
    """Lay the tasks out: signature, data (with those whose card differs from ESIA marked), documents."""
    agreement = [_document_row(found, one) for one in found.tasks if one == found.agreement]
    documents = [_document_row(found, one) for one in found.tasks if one != found.agreement]
    sections = [
        {
            "title": gettext("1. Подпись"),
            "about": gettext("Соглашение о том, что код из сообщения – ваша подпись."),
            "tasks": agreement,
        },
        {
            "title": gettext("2. Данные"),
            "about": gettext("Закон требует указать их в документах. Чтобы отказаться, данные не нужны."),
            "tasks": [_data_row(found, one, differs=one.id in differing) for one in people],
        },
        {"title": gettext("3. Документы"), "about": "", "tasks": documents},
    ]
    return [one for one in sections if one["tasks"]]


def _data_row(found: Desk, person: Person, *, differs: bool) -> Row:
    own = person.id == found.signer.id
    title = gettext("Мои данные") if own else gettext("Данные ребёнка: %(name)s", name=person.full_name)
    address = url_for("consents.show_person", person_id=person.id)
    said = lacking_words(found, person.id)
    if differs:
        said = ". ".join(
            filter(None, (said, gettext("Расходится с Госуслугами: откройте и выберите верное")))
        )
    return title, address, said or gettext("Заполнено"), "yellow" if said else None


def lacking_words(found: Desk, person_id: UUID) -> str:
    """Say what a person's card does not have yet, and what only waits to be confirmed; or nothing."""
    lacking, unconfirmed = _missing_names(found, person_id), _unconfirmed_names(found, person_id)
    said = []
    if lacking:
        said.append(gettext("Не хватает: %(fields)s", fields=_words_of(lacking)))
    if unconfirmed:
        said.append(gettext("Нужно подтвердить: %(fields)s", fields=_words_of(unconfirmed)))
    return ". ".join(said)


def _missing_names(found: Desk, person_id: UUID) -> list[str]:
    """Name what a person's card does not say yet, for the message and for the documents."""
    names = [lack.field for lack in found.missing.get(person_id, ()) if lack.lack is not Lack.NOT_CONFIRMED]
    who = "signer." if person_id == found.signer.id else "student."
    for task in found.tasks:
        if who == "student." and (task.family is None or task.family.student.id != person_id):
            continue
        names += [place.removeprefix(who) for place in lacking_of(found, task) if place.startswith(who)]
    return names


def _unconfirmed_names(found: Desk, person_id: UUID) -> list[str]:
    return [lack.field for lack in found.missing.get(person_id, ()) if lack.lack is Lack.NOT_CONFIRMED]


def _words_of(names: Sequence[str]) -> str:
    return ", ".join(gettext(FIELDS[name]) for name in dict.fromkeys(names))


def _document_row(found: Desk, task: Task) -> Row:
    shown = Shown(found, task)
    title = shown.title if shown.is_agreement else f"{shown.title}: {shown.about}"
    address = url_for("consents.read", consent_id=task.consent.id)
    if task.standing is not Standing.SILENT:
        return title, address, shown.standing, "green" if task.standing is Standing.GIVEN else "purple"
    if lacking_of(found, task):
        return title, address, gettext("Сначала данные"), "grey"
    return title, address, shown.standing, "blue"


@blueprint.get("/decide/next")
@allowed(Action.DECIDE)
def onward() -> ResponseReturnValue:
    """Lead on to the next thing that is still to be done, or back to the list."""
    with begin_reading() as reading:
        step = next_step(reading, opened_desk(reading))
    href = step["href"] if step else url_for("consents.desk", saved="data")
    after = request.args.get("after", "")
    stays = bool(after) and href.endswith(f"/{after}")
    return redirect(f"{href}?saved=part" if stays else href, 303)


def next_step(work: Work, found: Desk) -> dict[str, str] | None:
    """Lead on to what is still to be done: the agreement, then data, then documents; or to nothing."""
    silent = [task for task in found.tasks if task.standing is Standing.SILENT]
    agreement = [task for task in silent if task == found.agreement]
    data = [_data_row(found, one, differs=False) for one in people_of(work, found).values()]
    rows = [
        *(_document_row(found, task) for task in agreement),
        *(row for row in data if row[3] and silent),
        *(_document_row(found, task) for task in silent if task not in agreement),
    ]
    return next(({"title": title, "href": href} for title, href, _, _ in rows if href), None)


@blueprint.post("/decide/leave")
@allowed(Action.DECIDE)
def leave() -> ResponseReturnValue:
    """End the sitting's session on this device."""
    token = sent_token(request)
    if token is not None:
        with begin_work() as work:
            sign_out(work, signed_in(), token)
    drop_token()
    return redirect(url_for("entrance.home"), 303)
