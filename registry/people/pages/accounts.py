"""Pages of accounts at ESIA: who has none, what differs, the school's own; and the steps that settle it."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_, InvalidError
from registry.people.dates import school_year
from registry.people.esia_match import FIELDS, AccountState
from registry.people.models import places
from registry.people.models.accounts import school_account
from registry.people.models.families import Family, families_of
from registry.people.models.places import School
from registry.people.models.writing import taken
from registry.people.pages.account_words import ACCOUNT_WORDS, STATE_WORDS
from registry.people.pages.cards import opened_card
from registry.people.pages.downloads import workbook
from registry.people.pages.looks import saw_list
from registry.people.pages.room import WORDS, blueprint, open_ones, opened_school, place_of
from registry.people.rosters.workbook import Page, write_workbook
from registry.people.usecases.account_lists import (
    Listed,
    people_of,
    record_taken,
    with_differences,
    without_account,
)
from registry.people.usecases.accounts import keep_card, note_school_state, note_state, take_from_esia
from registry.web.current import begin_reading, begin_work, can, require
from registry.web.doors import allowed, fresh_sign_in, shows_names, shows_persons
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/<uuid:school_id>/accounts")
@shows_names
@allowed(Action.PEOPLE_READ)
def accounts(school_id: UUID) -> ResponseReturnValue:
    """List who has no confirmed account and with whom something differs, in the classes open to who reads."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.PEOPLE_READ, school_id)
        listed = people_of(reading, open_families(reading, school, Action.PEOPLE_READ, _class_asked()))
        own = school_account(reading.connection, school_id)
    saw_list(school_id, "school", school_id)
    return page(
        "people/accounts.html",
        school=school,
        without=without_account(listed),
        differing=with_differences(listed),
        own=own,
        may_note=can(Action.PERSON_EDIT, place_of(school)),
        states=list(AccountState),
        **WORDS,
        **ACCOUNT_WORDS,
    )


def _class_asked() -> str:
    return request.args.get("class", "")


def open_families(work: Work, school: School, action: Action, wanted: str = "") -> list[Family]:
    """Read the families of the classes that are open to who asks; of one class where it is named."""
    classes = places.list_classes(work.connection, school.id, school_year(work.today))
    opened = {one.id: str(one.name) for one in open_ones(action, school, classes)}
    if wanted:
        opened = {key: name for key, name in opened.items() if name == wanted}
    families = families_of(work.connection, work.vault, school.id, work.today)
    return [one for one in families if one.class_id in opened]


@blueprint.get("/<uuid:school_id>/accounts.xlsx")
@shows_persons
@fresh_sign_in
@allowed(Action.PERSON_READ)
def accounts_workbook(school_id: UUID) -> ResponseReturnValue:
    """Hand the list out as a workbook; whoever is on it finds in the trail that it was taken out."""
    with begin_work() as work:
        school = opened_school(work, Action.PERSON_READ, school_id)
        families = open_families(work, school, Action.PERSON_READ, _class_asked())
        listed = without_account(people_of(work, families))
        record_taken(work, families, listed)
    columns = [gettext("Класс"), gettext("Фамилия, имя, отчество"), gettext("Кто"), gettext("Госуслуги")]
    rows = [[one.class_name, one.held.person.full_name, who(one), state_of(one)] for one in listed]
    ways = [
        [gettext("Где получить или подтвердить учётную запись:")],
        ["esia.gosuslugi.ru/registration"],
        [gettext("в любом МФЦ «Мои документы», с паспортом и СНИЛС")],
        [gettext("в приложении или на сайте Сбербанк онлайн")],
    ]
    sheets = [Page(gettext("Без учётной записи"), columns, rows), Page(gettext("Как получить"), [""], ways)]
    return workbook(write_workbook(sheets), f"accounts-{school_id.hex[-6:]}.xlsx")


def who(one: Listed) -> str:
    """Say as whom somebody is on the list."""
    if one.is_student:
        return str(gettext("обучающийся"))
    return str(gettext("представитель: %(student)s", student=one.student.full_name))


def state_of(one: Listed) -> str:
    """Put what is known of an account into words."""
    return str(gettext(STATE_WORDS[one.held.state]))


@blueprint.post("/<uuid:school_id>/accounts/school")
@allowed(Action.PERSON_EDIT)
@once
def note_school_account(school_id: UUID) -> ResponseReturnValue:
    """Write down what is known of the school's own account."""
    with begin_work() as work:
        school = places.get_school(work.connection, school_id)
        require(Action.PERSON_EDIT, place_of(school))
        note_school_state(work, school_id, _said_state())
    return redirect(url_for("people.accounts", school_id=school_id), 303)


@blueprint.post("/<uuid:school_id>/people/<uuid:person_id>/account")
@shows_persons
@allowed(Action.PERSON_EDIT)
@once
def note_account(school_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Write down what is known of a person's account."""
    with begin_work() as work:
        opened_card(work, Action.PERSON_EDIT, school_id, person_id)
        note_state(work, school_id, person_id, _said_state())
    return redirect(url_for("people.card", school_id=school_id, person_id=person_id), 303)


def _said_state() -> AccountState:
    try:
        return AccountState(request.form.get("state", ""))
    except ValueError:
        raise InvalidError(N_("Выберите состояние учётной записи.")) from None


@blueprint.post("/<uuid:school_id>/people/<uuid:person_id>/esia/<field>")
@shows_persons
@allowed(Action.PERSON_EDIT)
@once
def settle(school_id: UUID, person_id: UUID, field: str) -> ResponseReturnValue:
    """Choose which side is right about one field: ESIA's value is written, or the school's stays."""
    if field not in FIELDS:
        raise InvalidError(N_("Такого поля нет."), code="no-field")
    with begin_work() as work:
        opened_card(work, Action.PERSON_EDIT, school_id, person_id)
        if request.form.get("side") == "esia":
            done = take_from_esia(work, school_id, person_id, field)
            refused = taken() if done.collision is not None else None
        else:
            keep_card(work, school_id, person_id, field)
            refused = None
    if refused is not None:
        return page(
            "people/accounts_refused.html", school_id=school_id, person_id=person_id, text=told(refused)
        ), 409
    return redirect(url_for("people.card", school_id=school_id, person_id=person_id), 303)
