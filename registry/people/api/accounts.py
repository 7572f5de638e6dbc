"""Accounts at ESIA over the API: who has none, what differs, the school's own; and what settles it."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.downloads import XLSX
from registry.people.api.room import accounts_room
from registry.people.esia_match import FIELDS, AccountState, Match, compare
from registry.people.models import places
from registry.people.models.accounts import school_account
from registry.people.models.persons import Person, Source
from registry.people.models.writing import taken
from registry.people.pages import accounts as pages
from registry.people.pages.cards import opened_card
from registry.people.pages.looks import saw_list
from registry.people.pages.room import opened_school, place_of
from registry.people.usecases.account_lists import Listed, people_of, with_differences, without_account
from registry.people.usecases.accounts import (
    held_of,
    keep_card,
    note_school_state,
    note_state,
    take_from_esia,
)
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Made, Many, Moment, Text, Whole, Within, YesNo
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import bearer, fresh_sign_in, shows_names, shows_persons
from registry.web.errors import refusal
from registry.web.idempotency import once
from registry.work import Work

_LISTS = "/schools/<uuid:school_id>/accounts"
_ONE = "/schools/<uuid:school_id>/people/<uuid:person_id>/account"


class ListedTold(Told):
    """Somebody by name, with the state of his account; a guardian comes once for each class."""

    person_id = Made(lambda one: str(one.held.person.id))
    full_name = Text(attribute="held.person.full_name")
    class_name = Text()
    is_student = YesNo()
    student_id = Made(lambda one: str(one.student.id))
    state = Choice(AccountState, attribute="held.state")


class DifferenceTold(Told):
    """A field about which somebody has to decide; its values stand with the person's account."""

    field = Choice(FIELDS)


class DifferingTold(ListedTold):
    """The same with the fields that differ."""

    differs = Many(Within(DifferenceTold), attribute="held.differs")


class SchoolAccountTold(Told):
    """What is known of the school's account as a legal entity."""

    state = Choice(AccountState)
    noted_at = Moment(allow_none=True)


class StateBody(Body):
    """What is known of an account."""

    state = Choice(AccountState, required=True)


class SettleBody(Body):
    """Which side is right about a field."""

    field = Choice(FIELDS, required=True)
    side = Choice(
        ("esia", "card"),
        required=True,
        metadata={"description": N_("esia: записать сказанное Госуслугами; card: оставить как в карточке")},
    )


class ComparedTold(Told):
    """One field: what stands on the card, what ESIA says, and what follows."""

    field = Choice(FIELDS)
    card = Text(allow_none=True)
    esia = Text(allow_none=True)
    match = Choice(Match)


class AccountTold(Told):
    """What is known of a person's account, and the card held against what ESIA said."""

    person_id = Id()
    state = Choice(AccountState)
    source = Choice(Source, allow_none=True)
    noted_at = Moment(allow_none=True)
    said_at = Moment(
        allow_none=True, metadata={"description": N_("Когда Госуслуги в последний раз говорили о человеке")}
    )
    version = Whole(metadata={"description": N_("0, пока ничего не записано")})
    compared = Many(Within(ComparedTold))


@accounts_room.serves(f"GET {_LISTS}/missing", N_("У кого нет подтверждённой учётной записи"))
@shows_names
@bearer(Action.PEOPLE_READ)
@accounts_room.lists(ListedTold, key=lambda one: f"{one.class_name} {one.held.person.id}")
def list_missing(school_id: UUID) -> list[Listed]:
    """List who has no confirmed account, in the classes open to the token's owner."""
    return without_account(_people(school_id))


@accounts_room.serves(f"GET {_LISTS}/differing", N_("Чьи данные расходятся с Госуслугами"))
@shows_names
@bearer(Action.PEOPLE_READ)
@accounts_room.lists(DifferingTold, key=lambda one: one.held.person.id)
def list_differing(school_id: UUID) -> list[Listed]:
    """List with whom something differs; each once."""
    return with_differences(_people(school_id))


def _people(school_id: UUID) -> list[Listed]:
    with begin_reading() as reading:
        school = opened_school(reading, Action.PEOPLE_READ, school_id)
        found = people_of(reading, pages.open_families(reading, school, Action.PEOPLE_READ))
    saw_list(school_id, "school", school_id)
    return found


@accounts_room.serves(f"GET {_LISTS}/missing.xlsx", N_("Список без учётных записей таблицей"))
@shows_persons
@fresh_sign_in
@bearer(Action.PERSON_READ)
@accounts_room.files(XLSX)
def missing_workbook(school_id: UUID) -> ResponseReturnValue:
    """Hand the list out as a workbook; whoever is on it finds in the trail that it was taken out."""
    return pages.accounts_workbook(school_id)


@accounts_room.serves(f"GET {_LISTS}/school", N_("Учётная запись школы как юридического лица"))
@bearer(Action.PEOPLE_READ)
@accounts_room.answers(SchoolAccountTold)
def show_school_account(school_id: UUID) -> dict[str, Any]:
    """Tell of the school's own account."""
    with begin_reading() as reading:
        opened_school(reading, Action.PEOPLE_READ, school_id)
        return _school_told(reading, school_id)


@accounts_room.serves(f"POST {_LISTS}/school", N_("Записать состояние учётной записи школы"))
@bearer(Action.PERSON_EDIT)
@once
@accounts_room.takes(StateBody)
@accounts_room.answers(SchoolAccountTold)
def note_school_account(said: dict[str, Any], school_id: UUID) -> dict[str, Any]:
    """Write down what is known of the school's own account."""
    with begin_work() as work:
        require(Action.PERSON_EDIT, place_of(places.get_school(work.connection, school_id)))
        note_school_state(work, school_id, AccountState(said["state"]))
        return _school_told(work, school_id)


def _school_told(work: Work, school_id: UUID) -> dict[str, Any]:
    found = school_account(work.connection, school_id)
    if found is None:
        return {"state": AccountState.UNKNOWN, "noted_at": None}
    return {"state": found.state, "noted_at": found.noted_at}


@accounts_room.serves(f"GET {_ONE}", N_("Учётная запись человека и сверка с Госуслугами"))
@shows_persons
@bearer(Action.PERSON_READ)
@tagged
@accounts_room.answers(AccountTold)
def show_account(school_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Tell of a person's account; that he was looked at is in the trail."""
    with begin_work() as work:
        return _opened(work, Action.PERSON_READ, school_id, person_id)


@accounts_room.serves(f"POST {_ONE}", N_("Записать состояние учётной записи человека"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@once
@matching
@accounts_room.takes(StateBody)
@accounts_room.answers(AccountTold)
def note_account(said: dict[str, Any], school_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Write down what is known of a person's account."""
    with begin_work() as work:
        require_match(AccountTold, _opened(work, Action.PERSON_EDIT, school_id, person_id))
        note_state(work, school_id, person_id, AccountState(said["state"]))
        return _opened(work, Action.PERSON_EDIT, school_id, person_id)


@accounts_room.serves(f"POST {_ONE}/settlements", N_("Решить, чьё значение поля верно"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@once
@matching
@accounts_room.takes(SettleBody)
@accounts_room.answers(AccountTold)
def settle(said: dict[str, Any], school_id: UUID, person_id: UUID) -> Any:  # noqa: ANN401 - or a refusal
    """Write ESIA's value or let the school's stay; a value that is somebody else's is noted and refused."""
    with begin_work() as work:
        require_match(AccountTold, _opened(work, Action.PERSON_EDIT, school_id, person_id))
        if said["side"] == "card":
            keep_card(work, school_id, person_id, said["field"])
        elif take_from_esia(work, school_id, person_id, said["field"]).collision is not None:
            return refusal(taken())
        return _opened(work, Action.PERSON_EDIT, school_id, person_id)


def _opened(work: Work, action: Action, school_id: UUID, person_id: UUID) -> dict[str, Any]:
    return _told(work, opened_card(work, action, school_id, person_id).person)


def _told(work: Work, person: Person) -> dict[str, Any]:
    held = held_of(work, [person])[person.id]
    account = held.account
    said = account.said if account else None
    return {
        "person_id": person.id,
        "state": held.state,
        "source": account.source if account else None,
        "noted_at": account.noted_at if account else None,
        "said_at": account.said_at if account else None,
        "version": account.version if account else 0,
        "compared": compare(person, said) if said else [],
    }
