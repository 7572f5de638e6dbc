"""Accounts at ESIA over the API: who has none, what differs, the school's own; and what settles it."""

from typing import Any
from uuid import UUID

from flask import Response

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.downloads import XLSX
from registry.people.api.room import people_room
from registry.people.esia_match import FIELDS, AccountState, Match, compare
from registry.people.models import places
from registry.people.models.accounts import school_account, sources_of
from registry.people.models.persons import Source
from registry.people.models.writing import taken
from registry.people.pages import accounts as pages
from registry.people.pages.cards import opened_card
from registry.people.pages.compared import source_of
from registry.people.pages.looks import saw_list
from registry.people.pages.room import opened_school, place_of
from registry.people.usecases import accounts
from registry.people.usecases.account_lists import Listed, people_of
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Many, Moment, Text, Within, YesNo
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import bearer, shows_names, shows_persons
from registry.web.errors import refusal
from registry.web.idempotency import once

_SCHOOL = "/schools/<uuid:school_id>"
_PERSON = f"{_SCHOOL}/people/<uuid:person_id>/account"


class ListedTold(Told):
    """Somebody of a class, and what is known of his account."""

    person_id = Id(attribute="held.person.id")
    full_name = Text(attribute="held.person.full_name")
    class_name = Text()
    is_student = YesNo()
    state = Choice(AccountState, attribute="held.state")
    differs = Many(Text(), metadata={"description": N_("Поля, в которых Госуслуги говорят другое")})


class StateTold(Told):
    """What is known of an account, and since when."""

    state = Choice(AccountState)
    noted_at = Moment(allow_none=True)


class ComparedTold(Told):
    """One field: what stands on the card and where it came from, what ESIA says, and what follows."""

    field = Text()
    card = Text(allow_none=True)
    source = Choice(Source)
    esia = Text(allow_none=True)
    match = Choice(Match)


class AccountTold(Told):
    """A person's card beside what ESIA says."""

    state = Choice(AccountState)
    fields_compared = Many(Within(ComparedTold))


class StateBody(Body):
    """What staff know of an account."""

    state = Choice(AccountState, required=True)


class SideBody(Body):
    """Which side is right about one field."""

    field = Choice(FIELDS, required=True)
    side = Choice(("esia", "card"), required=True)


@people_room.serves(f"GET {_SCHOOL}/accounts", N_("Учётные записи Госуслуг людей школы"))
@shows_names
@bearer(Action.PEOPLE_READ)
@people_room.lists(ListedTold, key=lambda one: f"{one['held'].person.id} {one['class_name']}")
def list_accounts(school_id: UUID) -> list[dict[str, Any]]:
    """List the people of the classes that are open, with what is known of their accounts."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.PEOPLE_READ, school_id)
        listed = people_of(reading, pages.families_open(reading, school, Action.PEOPLE_READ))
    saw_list(school_id, "school", school_id)
    return [_listed(one) for one in listed]


def _listed(one: Listed) -> dict[str, Any]:
    return {
        "held": one.held,
        "class_name": one.class_name,
        "is_student": one.is_student,
        "differs": [field.field for field in one.held.differs],
    }


@people_room.serves(f"GET {_SCHOOL}/accounts.xlsx", N_("Список без учётных записей Госуслуг таблицей"))
@shows_persons
@bearer(Action.PERSON_READ)
@people_room.files(XLSX)
def accounts_workbook(school_id: UUID) -> Any:  # noqa: ANN401 - a file
    """Hand the list out; whoever is on it finds in the trail that it was taken out."""
    return pages.accounts_workbook(school_id)


@people_room.serves(f"GET {_SCHOOL}/account", N_("Учётная запись самой школы"))
@bearer(Action.PEOPLE_READ)
@people_room.answers(StateTold)
def show_school_account(school_id: UUID) -> dict[str, Any]:
    """Tell what is known of the school's own account."""
    with begin_reading() as reading:
        opened_school(reading, Action.PEOPLE_READ, school_id)
        found = school_account(reading.connection, school_id)
    state = found.state if found else AccountState.UNKNOWN
    return {"state": state, "noted_at": found.noted_at if found else None}


@people_room.serves(f"POST {_SCHOOL}/account", N_("Записать, что известно об учётной записи школы"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.takes(StateBody)
@people_room.nothing
def note_school_account(said: dict[str, Any], school_id: UUID) -> None:
    """Write down what is known of the school's own account."""
    with begin_work() as work:
        require(Action.PERSON_EDIT, place_of(places.get_school(work.connection, school_id)))
        accounts.note_school_state(work, school_id, AccountState(said["state"]))


@people_room.serves(f"GET {_PERSON}", N_("Учётная запись человека рядом с его карточкой"))
@shows_persons
@bearer(Action.PERSON_READ)
@people_room.answers(AccountTold)
def show_account(school_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Tell what ESIA says beside what stands on the card."""
    with begin_work() as work:
        person = opened_card(work, Action.PERSON_READ, school_id, person_id).person
        held = accounts.held_of(work, [person])[person_id]
        sources = sources_of(work.connection, person_id)
    said = held.account.said if held.account else None
    compared = compare(person, said) if said else []
    return {
        "state": held.state,
        "fields_compared": [
            {
                "field": one.field,
                "card": one.card,
                "source": source_of(person, one.field, sources),
                "esia": one.esia,
                "match": one.match,
            }
            for one in compared
        ],
    }


@people_room.serves(f"POST {_PERSON}", N_("Записать, что известно об учётной записи человека"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@once
@people_room.takes(StateBody)
@people_room.nothing
def note_account(said: dict[str, Any], school_id: UUID, person_id: UUID) -> None:
    """Write down what is known of a person's account."""
    with begin_work() as work:
        opened_card(work, Action.PERSON_EDIT, school_id, person_id)
        accounts.note_state(work, school_id, person_id, AccountState(said["state"]))


@people_room.serves(f"POST {_PERSON}/fields", N_("Решить, чьё значение поля верно"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@once
@people_room.takes(SideBody)
@people_room.nothing
def settle(said: dict[str, Any], school_id: UUID, person_id: UUID) -> Response | None:
    """Write ESIA's value, or leave the school's; a value that is somebody else's is noted and refused."""
    with begin_work() as work:
        opened_card(work, Action.PERSON_EDIT, school_id, person_id)
        if said["side"] == "card":
            accounts.keep_card(work, school_id, person_id, said["field"])
            return None
        done = accounts.take_from_esia(work, school_id, person_id, said["field"])
    return None if done.collision is None else refusal(taken())
