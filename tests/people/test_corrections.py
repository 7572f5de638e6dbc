from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from registry.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from registry.people.contacts import ContactKind
from registry.people.models import tables
from registry.people.models.families import Family, families_of
from registry.people.models.persons import Confirmed, Source
from registry.people.relations import Relation, RelationKind
from registry.people.usecases.cards import view_card
from registry.people.usecases.contacts import CONTACT_CHANGED_JOB, confirm_contact
from registry.people.usecases.corrections import FIELDS, correct_field, correct_own_fields
from registry.people.usecases.families import (
    NewGuardian,
    add_guardian,
    bar_guardian,
    end_guardianship,
    leave_school,
)
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office

OTHER = [2, "Ёлкин", "Олег", "Ильич", date(2005, 1, 1), "112-233-445 95", "+79160000001", "e@example.org"]


@pytest.fixture
def family(office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN, OTHER]}))
    return office.families()[0]


def correct(office: Office, person: UUID, field: str, typed: str):
    with office.registry.work(SYSTEM) as work:
        return correct_field(work, office.school, person, field, typed)


def correct_own(office: Office, person: UUID, **typed: str):
    with office.registry.work(SYSTEM) as work:
        return correct_own_fields(work, office.school, person, typed)


def promised(office: Office):
    with office.registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(promises.c.job, promises.c.arguments)).all()
    return [row.arguments for row in rows if row.job == CONTACT_CHANGED_JOB]


def entries(office: Office):
    with office.registry.reading(SYSTEM) as work:
        return work.connection.execute(select(func.count()).select_from(trail_event)).scalar_one()


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("last_name", " ГРАЧЁВ-БЕЛЫЙ", "Грачёв-Белый"),
        ("middle_name", "-", None),
        ("birth_date", "23.05.2005", date(2005, 5, 23)),
        ("snils", "087-654-302 00", "08765430200"),
        ("address", "г. Хабаровск,  ул. Ленина, 1", "г. Хабаровск, ул. Ленина, 1"),
        ("identity_document", "паспорт 08 05 № 123456", "паспорт 08 05 № 123456"),
    ],
)
def test_staff_correct_a_field(office: Office, family: Family, field: str, typed: str, value: object):
    before = entries(office)
    done = correct(office, family.student.id, field, typed)
    assert done.changed
    assert getattr(office.families()[0].student, field) == getattr(done.person, field) == value
    assert entries(office) == before + 1
    assert not correct(office, family.student.id, field, typed).changed


@pytest.mark.proves("S1-08")
def test_a_contact_that_staff_change_is_marked_unconfirmed_and_its_holder_is_to_be_warned(
    office: Office, family: Family
):
    """S1-08: what staff type is confirmed by nobody yet."""
    with office.registry.work(SYSTEM) as work:
        confirm_contact(work, family.student.id, ContactKind.PHONE, Confirmed.CODE)
    assert office.families()[0].student.confirmed == {"phone"}
    done = correct(office, family.student.id, "phone", "8 916 000-00-77")
    phone = office.families()[0].student.phone
    assert (phone.value, phone.source, phone.confirmed_at) == ("+79160000077", Source.STAFF, None)
    assert phone.changed_by_staff_at is not None
    assert done.contact.by_staff
    (said,) = promised(office)
    assert said["past_contact_id"] == str(done.contact.past_contact_id)
    assert said["by"] == "staff"


def test_a_contact_that_its_holder_changes_is_not_marked_as_of_staff(office: Office, family: Family):
    correct_own(office, family.student.id, email="new@example.org")
    email = office.families()[0].student.email
    assert (email.source, email.changed_by_staff_at) == (Source.TYPED, None)
    assert promised(office)[0]["by"] == "self"


def test_a_whole_form_is_one_change_of_the_card_and_one_entry_besides_those_of_contacts(
    office: Office, family: Family
):
    before = entries(office)
    other = office.families()[1].student
    said = {
        "address": "ул. Новая, 5",
        "phone": "+79160000066",
        "snils": other.snils,
        "middle_name": "Олегович",
    }
    done = correct_own(office, family.student.id, **said)
    assert [(one.field, one.changed, one.collision is None) for one in done] == [
        ("address", True, True),
        ("phone", True, True),
        ("snils", False, False),
        ("middle_name", True, True),
    ]
    now = office.families()[0].student
    assert (now.address, now.middle_name, now.snils) == ("ул. Новая, 5", "Олегович", family.student.snils)
    assert now.phone.value == "+79160000066"
    assert now.version == family.student.version + 1
    assert done[-1].person == now
    assert entries(office) == before + 3, "the card, the phone, the collision"
    with office.registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        assert sum(b'"type":"person.changed"' in leaf for leaf in leaves) == 1


def test_an_emptied_contact_is_gone_and_a_first_one_warns_nobody(office: Office, family: Family):
    correct(office, family.student.id, "phone", "")
    assert office.families()[0].student.phone is None
    correct(office, family.student.id, "phone", "+79160000055")
    assert office.families()[0].student.phone.value == "+79160000055"
    assert len(promised(office)) == 1


def test_a_contact_that_was_typed_in_anew_is_changed_and_taken_away_like_any_other(
    office: Office, family: Family
):
    for typed in ("", "first@example.org", "second@example.org", "", "third@example.org"):
        assert correct(office, family.student.id, "email", typed).changed
    assert correct(office, family.student.id, "email", "third@example.org").changed is False


@pytest.mark.proves("S1-06", "S1-07")
@pytest.mark.parametrize("field", ["snils", "phone", "email"])
def test_what_somebody_else_holds_is_not_taken_and_is_written_down(
    office: Office, family: Family, field: str
):
    other = office.families()[1].student
    value = other.snils if field == "snils" else getattr(other, field).value
    done = correct(office, family.student.id, field, value.upper())
    assert not done.changed
    assert done.collision is not None
    assert getattr(office.families()[0].student, field) == getattr(family.student, field)
    with office.registry.reading(SYSTEM) as work:
        row = work.connection.execute(select(tables.collisions)).one()
    assert (row.field, row.holder_id, row.claimant_id) == (field, other.id, family.student.id)


def test_who_tries_many_values_of_others_is_stopped(office: Office, family: Family):
    taken = office.families()[1].student.snils
    for _ in range(20):
        correct(office, family.student.id, "snils", taken)
    with pytest.raises(TooManyError):
        correct(office, family.student.id, "snils", taken)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("snils", "112-233-445 96"),
        ("last_name", ""),
        ("phone", "112"),
        ("birth_date", "03.11.2020"),
        ("id", "1"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_named(
    office: Office, family: Family, field: str, typed: str
):
    with pytest.raises(InvalidError) as caught:
        correct(office, family.student.id, field, typed)
    assert set(caught.value.fields) <= {field}
    assert bool(caught.value.fields) == (field in FIELDS)


def test_a_person_of_another_school_reads_like_nobody(offices: list[Office], office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    stranger = office.families()[0].student.id
    with pytest.raises(NotFoundError):
        correct(offices[1], stranger, "last_name", "Иванов")
    with offices[1].registry.work(SYSTEM) as work, pytest.raises(NotFoundError):
        view_card(work, offices[1].school, stranger)


def test_every_look_at_a_card_is_in_the_trail(office: Office, family: Family):
    before = entries(office)
    with office.registry.work(SYSTEM) as work:
        card = view_card(work, office.school, family.guardians[0].person.id)
    assert [one.student.id for one in card.as_guardian] == [family.student.id]
    assert entries(office) == before + 1


def test_a_barred_guardian_stands_no_more_and_an_ended_one_from_the_next_day(office: Office, family: Family):
    guardian, today = family.guardians[0], date(2020, 11, 2)
    with office.registry.work(SYSTEM) as work:
        ended = end_guardianship(work, office.school, family.student.id, guardian.person.id)
    assert ended.stands_on(today)
    assert not ended.stands_on(today + timedelta(days=1))
    with office.registry.work(SYSTEM) as work:
        assert not bar_guardian(work, office.school, family.student.id, guardian.person.id).stands_on(today)


def test_a_guardian_may_be_added_and_is_linked_where_stored(office: Office, family: Family):
    student, mother = office.families()[1].student, family.guardians[0].person
    values = {
        "last_name": mother.last_name,
        "first_name": mother.first_name,
        "birth_date": mother.birth_date,
        "snils": mother.snils,
    }
    said = NewGuardian(values, Relation(RelationKind.GUARDIAN, "приказ № 1"))
    with office.registry.work(SYSTEM) as work:
        assert add_guardian(work, office.school, student.id, said) == mother.id
    assert office.families()[1].guardians[0].authority_document == "приказ № 1"
    with office.registry.work(SYSTEM) as work, pytest.raises(ConflictError):
        add_guardian(work, office.school, student.id, said)
    wrong = NewGuardian(values | {"first_name": "Другая"}, Relation(RelationKind.MOTHER))
    with office.registry.work(SYSTEM) as work, pytest.raises(ConflictError):
        add_guardian(work, office.school, family.student.id, wrong)


def test_who_left_is_on_the_roster_until_the_day_is_over(office: Office, family: Family):
    with office.registry.work(SYSTEM) as work:
        leave_school(work, office.school, family.student.id)
    assert len(office.families()) == 2
    with office.registry.reading(SYSTEM) as work:
        later = families_of(work.connection, work.vault, office.school, work.today + timedelta(days=1))
    assert [one.student.last_name for one in later] == ["Ёлкин"]
