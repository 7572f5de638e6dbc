from pathlib import Path

import pytest
from sqlalchemy import Table, event, func, select

from registry.errors import ConflictError, InvalidError, NotFoundError
from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.models import tables
from registry.people.models.batches import BatchState, held_rows_of
from registry.people.models.persons import Confirmed
from registry.people.relations import RelationKind
from registry.people.rosters.findings import Level
from registry.people.usecases import rosters
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.reviewing import show_review
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office

SAMPLES = Path(__file__).parents[2] / "samples"


def count(registry: Registry, table: Table) -> int:
    with registry.reading(SYSTEM) as work:
        return work.connection.execute(select(func.count()).select_from(table)).scalar_one()


def row(**values: object) -> list[object]:
    changed = list(CLEAN)
    for place, value in values.items():
        changed[int(place[1:])] = value
    return changed


SECOND = row(_1="Ёлкин", _2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org")


@pytest.mark.proves("S1-03", "S1-05")
def test_an_approved_roster_makes_persons_classes_and_families(registry: Registry, office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN, SECOND]}))
    first, second = office.families()
    assert (first.student.full_name, str(first.class_name)) == ("Грачёв Ярослав Анатольевич", "9Б")
    assert first.student.snils == "13777686320"
    assert first.student.phone.value == "+79672812056"
    assert first.guardians[0].person == second.guardians[0].person
    assert first.guardians[0].relation is RelationKind.MOTHER
    assert count(registry, tables.persons) == 3


def test_nothing_is_stored_before_the_approval(registry: Registry, office: Office):
    batch = office.upload(book(**{"9Б": [HEADER, CLEAN]}))
    assert count(registry, tables.persons) == 0
    with registry.work(office.clerk) as work:
        assert rosters.cancel(work, office.school, batch).state is BatchState.CANCELLED
        assert rosters.cancel(work, office.school, batch).state is BatchState.CANCELLED
    with registry.work(office.clerk) as work, pytest.raises(ConflictError):
        rosters.approve(work, office.school, batch, "")
    assert count(registry, tables.persons) == count(registry, tables.enrolments) == 0


def test_the_same_file_again_is_the_same_and_changes_nothing(office: Office):
    data = book(**{"9Б": [HEADER, CLEAN, SECOND]})
    office.approve(data)
    before = office.families()
    again = office.approve(data)
    assert {one.state for one in again.rows} == {"same"}
    assert office.families() == before


def test_approving_twice_is_approving_once(registry: Registry, office: Office):
    batch = office.upload(book(**{"9Б": [HEADER, CLEAN]}))
    mark = office.review(batch).mark
    for _ in range(2):
        with registry.work(office.clerk) as work:
            assert rosters.approve(work, office.school, batch, mark).state is BatchState.APPROVED
    assert count(registry, tables.persons) == 2


def test_a_review_that_has_changed_meanwhile_is_not_approved(registry: Registry, office: Office):
    batch = office.upload(book(**{"9Б": [HEADER, CLEAN]}))
    mark = office.review(batch).mark
    office.approve(book(**{"9А": [HEADER, CLEAN]}))
    with registry.work(office.clerk) as work, pytest.raises(ConflictError) as caught:
        rosters.approve(work, office.school, batch, mark)
    assert caught.value.slug == "review-changed"


def test_changes_are_shown_and_made(registry: Registry, office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (before,) = office.families()
    with registry.work(SYSTEM) as work:
        confirm_contact(work, before.student.id, ContactKind.PHONE, Confirmed.CODE)
    changed = row(_1="Грачёв-Белый", _6="+79160000009")
    found = office.approve(book(**{"9В": [HEADER, changed]}))
    assert found.rows[0].state == "changed"
    said = {one.field: (one.typed, one.understood) for one in found.rows[0].findings if one.field}
    assert said["student.last_name"] == ("Грачёв", "Грачёв-Белый")
    assert said["class"] == ("9Б", "9В")
    (after,) = office.families()
    assert after.student.id == before.student.id
    assert (after.student.last_name, str(after.class_name)) == ("Грачёв-Белый", "9В")
    assert after.student.phone.value == "+79160000009"
    assert after.student.phone.confirmed_at is None
    assert after.student.phone.changed_by_staff_at is not None
    assert count(registry, tables.past_contacts) == 1


@pytest.mark.proves("S1-10", "S1-12")
def test_rows_in_error_are_held_back_and_not_forgotten(registry: Registry, office: Office):
    wrong = row(_1="Ёлкин", _2="Олег", _5="112-233-445 96", _6="+79160000001", _7="e@example.org")
    office.approve(book(**{"9Б": [HEADER, CLEAN, wrong]}))
    with registry.reading(SYSTEM) as work:
        held = held_rows_of(work.connection, work.vault, office.school)
    assert [(one.class_name, one.sheet, one.row) for one in held] == [("9Б", "9Б", 3)]
    assert len(office.families()) == 1
    office.approve(book(**{"9Б": [HEADER, CLEAN, SECOND]}))
    with registry.reading(SYSTEM) as work:
        assert held_rows_of(work.connection, work.vault, office.school) == []
    assert len(office.families()) == 2


def test_what_a_file_leaves_out_but_is_stored_is_not_missing(office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    data = book(**{"9Б": [HEADER, row(_6=None, _13=None)]})
    found = office.review(office.upload(data))
    assert [one.level for one in found.review.rows] == [Level.OK]
    assert [one.state for one in found.review.rows] == ["same"]


def test_people_of_one_name_and_no_numbers_are_told_apart_by_class_and_child(office: Office):
    nobody = [None] * 4
    one = [1, "Ёлкин", "Олег", None, *nobody, "Ёлкина", "Анна", None, "мать", *nobody]
    data = book(**{"9А": [HEADER, one], "9Б": [HEADER, one]})
    assert {row.state for row in office.approve(data).rows} == {"new"}
    first, second = office.families()
    assert first.student.id != second.student.id
    assert first.guardians[0].person.id != second.guardians[0].person.id
    assert {row.state for row in office.approve(data).rows} == {"same"}
    assert office.families() == (first, second)


def test_a_guardian_of_another_school_is_linked_and_left_as_he_is(offices: list[Office]):
    offices[0].approve(book(**{"9Б": [HEADER, CLEAN]}))
    sibling = row(_2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org", _14=None, _15=None)
    found = offices[1].approve(book(**{"9Б": [HEADER, sibling]}))
    assert found.rows[0].state == "new"
    (here,), (there,) = (one.families() for one in offices)
    assert here.guardians[0].person == there.guardians[0].person


@pytest.mark.proves("S1-06", "S1-07")
def test_a_collision_reads_the_same_whichever_school_the_other_belongs_to(
    registry: Registry, offices: list[Office]
):
    offices[0].approve(book(**{"9Б": [HEADER, CLEAN]}))
    stranger = ["1", "Иванов", "Пётр", "Ильич", "01.02.2005", "112-233-445 95", CLEAN[6], CLEAN[15]]
    other_snils = ["2", "Петров", "Пётр", "Ильич", "03.02.2005", CLEAN[5], "+79160000002", "x@example.org"]
    data = book(**{"9Б": [HEADER, stranger, other_snils]})
    here, there = (
        [
            (one.row, one.field, one.code, one.text)
            for one in each.review(each.upload(data)).review.findings
            if one.level is Level.ERROR
        ]
        for each in offices
    )
    assert here == there
    assert {code for _, _, code, _ in here} == {"phone-taken", "email-taken", "snils-taken"}
    assert count(registry, tables.collisions) == 6


def test_a_batch_is_found_by_its_own_school_only(registry: Registry, offices: list[Office]):
    batch = offices[0].upload(book(**{"9Б": [HEADER, CLEAN]}))
    with registry.reading(SYSTEM) as work, pytest.raises(NotFoundError):
        show_review(work, offices[1].school, batch)


def test_a_tutor_uploads_his_own_class_only(office: Office):
    batch = office.upload(book(**{"9Б": [HEADER, CLEAN]}), only=ClassName(9, "А"))
    found = office.review(batch).review
    assert ("class", "class-foreign") in {(one.field, one.code) for one in found.findings}


def test_a_guardian_keeps_the_document_of_authority(office: Office):
    relation = "бабушка (опекун, постановление № 114 от 03.02.2015)"
    office.approve(book(**{"9Б": [HEADER, row(_11=relation)]}))
    (family,) = office.families()
    assert family.guardians[0].authority_document == "постановление № 114 от 03.02.2015"


def test_personal_data_are_nowhere_in_plain(registry: Registry, office: Office, tmp_path: Path):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    with registry.reading(SYSTEM) as work:
        for table in (tables.persons, tables.contacts, tables.guardianships, tables.roster_batches):
            for line in work.connection.execute(select(table)):
                plain = repr(tuple(line)).encode() + b"".join(one for one in line if isinstance(one, bytes))
                for secret in ("13777686320", "137-776", "9672812056", "g.y@example.org", "2005-05-22"):
                    assert secret.encode() not in plain
    for file in (tmp_path / "home" / "files").rglob("*"):
        assert not file.is_file() or "Грачёв".encode() not in file.read_bytes()


@pytest.mark.proves("S1-10")
def test_families_of_a_whole_school_are_read_in_a_fixed_number_of_statements(
    registry: Registry, office: Office
):
    office.approve((SAMPLES / "school-17.xlsx").read_bytes())
    seen = []
    event.listen(registry.engine, "before_cursor_execute", lambda *what: seen.append(what[2]))
    found = office.families()
    assert len(found) == 749
    assert len({one.person.id for family in found for one in family.guardians}) == 700
    assert len(seen) <= 7


def test_a_broken_file_leaves_no_batch(registry: Registry, office: Office):
    with pytest.raises(InvalidError):
        office.upload(b"PK not really")
    assert count(registry, tables.roster_batches) == 0
