"""Pages of a person: the card, and the correction of one field."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, InvalidError, NotFoundError
from registry.people.dates import format_date
from registry.people.esia_match import AccountState
from registry.people.identifiers import format_snils
from registry.people.models import places
from registry.people.models.accounts import sources_of
from registry.people.models.enrolled import classes_in_school
from registry.people.models.persons import Person
from registry.people.models.writing import taken
from registry.people.pages.account_words import ACCOUNT_WORDS
from registry.people.pages.compared import shown_account
from registry.people.pages.room import FIELD_WORDS, WORDS, blueprint, require_some
from registry.people.usecases.accounts import held_of
from registry.people.usecases.cards import Card, view_card
from registry.people.usecases.corrections import FIELDS, Correction, correct_field
from registry.web.current import begin_work
from registry.web.doors import allowed, shows_persons
from registry.web.errors import told
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/<uuid:school_id>/people/<uuid:person_id>")
@shows_persons
@allowed(Action.PERSON_READ)
def card(school_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Show a person; that he was looked at is in the trail."""
    with begin_work() as work:
        found = opened_card(work, Action.PERSON_READ, school_id, person_id)
        school = places.get_school(work.connection, school_id)
        held = held_of(work, [found.person])[person_id]
        sources = sources_of(work.connection, person_id)
    values = {name: shown(found.person, name) for name in FIELDS}
    return page(
        "people/card.html",
        school=school,
        card=found,
        values=values,
        account=shown_account(held, sources),
        states=list(AccountState),
        **WORDS,
        **ACCOUNT_WORDS,
    )


@blueprint.get("/<uuid:school_id>/people/<uuid:person_id>/<field>")
@shows_persons
@allowed(Action.PERSON_EDIT)
def field(school_id: UUID, person_id: UUID, field: str) -> ResponseReturnValue:
    """Ask for the right value of a field."""
    _known(field)
    with begin_work() as work:
        found = opened_card(work, Action.PERSON_EDIT, school_id, person_id)
    return _form(school_id, found.person, field, typed=shown(found.person, field))


@blueprint.post("/<uuid:school_id>/people/<uuid:person_id>/<field>")
@shows_persons
@allowed(Action.PERSON_EDIT)
def correct(school_id: UUID, person_id: UUID, field: str) -> ResponseReturnValue:
    """Write the right value of a field."""
    _known(field)
    typed = request.form.get("value", "")
    with begin_work() as work:
        person = opened_card(work, Action.PERSON_EDIT, school_id, person_id).person
        done = _corrected(work, school_id, person, (field, typed))
    if isinstance(done, InvalidError):
        return _form(school_id, person, field, typed=typed, error=told(done)), 422
    if done.collision is not None:
        return _form(school_id, person, field, typed=typed, error=told(taken())), 409
    return redirect(url_for("people.card", school_id=school_id, person_id=person_id), 303)


def _corrected(
    work: Work, school_id: UUID, person: Person, said: tuple[str, str]
) -> Correction | InvalidError:
    """A refused value is an answer here: the look at the card before it stays in the trail."""
    try:
        return correct_field(work, school_id, person.id, *said)
    except InvalidError as error:
        return error


def opened_card(work: Work, action: Action, school_id: UUID, person_id: UUID) -> Card:
    """Read the card of a person with whom who asks may do this, and record the look.

    Who may not is refused before anything is opened: it takes no longer than if there were no such person.

    Raises:
        NotFoundError: there is no such person, or he may not.
    """
    classes = classes_in_school(work.connection, school_id, person_id, work.today)
    school = places.get_school(work.connection, school_id)
    require_some(action, school, classes)
    found = view_card(work, school_id, person_id)
    own = [found.as_student] if found.as_student else []
    require_some(action, school, [one.class_id for one in (*own, *found.as_guardian)])
    return found


def _known(name: str) -> None:
    if name not in FIELDS:
        raise NotFoundError(N_("Такого поля нет."))


def _form(school_id: UUID, person: Person, name: str, *, typed: str, error: str | None = None) -> str:
    return page(
        "people/field.html",
        school_id=school_id,
        person=person,
        field=name,
        label=FIELD_WORDS[name],
        typed=typed[:500],
        error=error,
    )


def shown(person: Person, name: str) -> str:
    """Show a field of a person as people write it; empty where there is nothing."""
    if name in {"phone", "email"}:
        contact = person.phone if name == "phone" else person.email
        return contact.value if contact else ""
    if name == "birth_date":
        return format_date(person.birth_date) if person.birth_date else ""
    if name == "snils":
        return format_snils(person.snils) if person.snils else ""
    return str(getattr(person, name) or "")
