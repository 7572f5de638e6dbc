from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from registry.errors import InvalidError
from registry.people.rosters.findings import Level
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review, make_review
from tests.people.books import CLEAN, HEADER, book

ON = date(2020, 11, 2)


def review(**sheets: Iterable[Sequence[object]]) -> Review:
    return make_review(read_workbook(book(**sheets)), ON)


def with_(**values: object) -> list[object]:
    """The clean row with some columns replaced, by header place."""
    row = list(CLEAN)
    for place, value in values.items():
        row[int(place[1:])] = value
    return row


def errors(found: Review) -> set[tuple[int, str, str]]:
    return {(one.row, one.field, one.code) for one in found.findings if one.level is Level.ERROR}


def test_columns_may_stand_in_any_order_under_any_usual_words():
    header = [
        "ИМЯ РЕБЁНКА",
        "Фамилия ребенка",
        "Отчество ребёнка",
        "Страховой номер (СНИЛС)",
        "Д.р.",
        "эл. почта",
        "Моб. тел.",
        "Телефон матери",
        "Почта матери",
        "ФИО матери",
        "СНИЛС матери",
        "Дата рожд. матери",
    ]
    row = [
        "Ярослав",
        "Грачёв",
        "Анатольевич",
        13777686320,
        "22.05.2005",
        "g.y@example.org",
        "8 967 281-20-56",
        "89085282526",
        "g.i@example.org",
        "Грачёва Ирина Евгеньевна",
        "00836064433",
        "12.09.1965",
    ]
    found = review(**{"9Б": [header, row]})
    assert [one.level for one in found.rows] == [Level.OK]
    student, mother = (one.draft for one in found.rows[0].people)
    assert (student.last_name, student.snils, student.phone) == ("Грачёв", "13777686320", "+79672812056")
    assert (mother.last_name, mother.middle_name, mother.relation.kind) == ("Грачёва", "Евгеньевна", "mother")


def test_a_header_in_two_rows_with_groups_is_understood():
    groups = ["", "Обучающийся", *[None] * 6, "Родитель (законный представитель)"]
    words = [
        "№",
        "Фамилия",
        "Имя",
        "Отчество",
        "Дата рождения",
        "СНИЛС",
        "Телефон",
        "Почта",
        "Фамилия",
        "Имя",
        "Отчество",
        "Кем приходится",
        "Дата рождения",
        "СНИЛС",
        "Телефон",
        "Почта",
    ]
    found = review(**{"9Б": [groups, words, CLEAN]})
    assert [one.level for one in found.rows] == [Level.OK]
    assert found.rows[0].people[1].draft.first_name == "Ирина"


def test_both_parents_may_stand_in_one_row():
    header = [*HEADER[:8], "Фамилия матери", "Имя матери", "Фамилия отца", "Имя отца"]
    found = review(**{"9Б": [header, [*CLEAN[:8], "Грачёва", "Ирина", "Грачёв", "Анатолий"]]})
    sides = [(one.draft.side, one.draft.relation and one.draft.relation.kind) for one in found.rows[0].people]
    assert sides == [("student", None), ("guardian", "mother"), ("guardian2", "father")]
    assert "guardian2.phone" in {one.field for one in found.findings}


def test_titles_blank_rows_footers_and_repeated_headers_are_no_people():
    rows = [
        ["Список обучающихся 9 «Б» класса"],
        [],
        HEADER,
        CLEAN,
        [],
        HEADER,
        [25],
        [None, "Классный руководитель ______ / ______ /"],
        [None, "Итого: 1"],
    ]
    found = review(Лист1=rows)
    assert [(one.row, str(one.class_name)) for one in found.rows] == [(4, "9Б")]
    assert [number for _, number in found.unread_rows] == [6, 8, 9]


def test_a_row_with_a_surname_alone_is_never_lost():
    found = review(**{"9Б": [HEADER, CLEAN, [2, "Иванов"]]})
    assert (3, "student.first_name", "name-missing") in errors(found)


def test_a_person_may_be_called_like_the_words_of_a_footer():
    found = review(**{"9Б": [HEADER, with_(_1="Директоренко"), [2, "Итого:", 1]]})
    assert [one.row for one in found.rows] == [2]


def test_every_sheet_with_a_list_is_read_and_the_others_are_named():
    other = with_(_1="Ёлкин", _5="112-233-445 95", _6="+79160000001", _7="e@example.org")
    found = review(**{"9А": [HEADER, CLEAN], "Справка": [["Просто текст"]], "9Б": [HEADER, other]})
    assert [(one.sheet, str(one.class_name)) for one in found.rows] == [("9А", "9А"), ("9Б", "9Б")]
    assert found.unread_sheets == ("Справка",)


def test_columns_that_nobody_reads_are_named_where_somebody_has_a_value_in_them():
    header, row = [*HEADER, "Второе гражданство", "Льгота", "Пусто"], [*CLEAN, None, "многодетная", None]
    found = review(**{"9Б": [header, row]})
    assert found.unread_columns == (("9Б", "Льгота"),)


@pytest.mark.parametrize(
    ("born", "level", "code"),
    [("15.08.2006", Level.WARNING, "birth-early"), ("15.08.2007", Level.ERROR, "birth-grade")],
)
def test_who_began_school_early_is_asked_about_and_not_refused(born: str, level: Level, code: str):
    found = review(**{"9Б": [HEADER, with_(_4=born)]})
    said = {one.code: one.level for one in found.findings if one.field == "student.birth_date"}
    assert said[code] is level


def test_the_class_may_stand_in_a_column_or_over_a_part_of_the_list():
    second = with_(_1="Ёлкин", _5="112-233-445 95", _6="+79160000001", _7="e@example.org")
    by_column = review(Список=[[*HEADER, "Класс"], [*CLEAN, "9 Б"]])
    by_section = review(Список=[HEADER, ["9 «А» класс"], CLEAN, ["9 «Б» класс"], second])
    assert str(by_column.rows[0].class_name) == "9Б"
    assert [str(one.class_name) for one in by_section.rows] == ["9А", "9Б"]


def test_a_row_of_no_class_is_an_error():
    assert errors(review(Лист1=[HEADER, CLEAN])) == {(2, "class", "class-unknown")}


def test_a_book_without_a_list_is_refused_in_words():
    with pytest.raises(InvalidError) as caught:
        review(Лист1=[["что-то"], ["другое"]])
    assert caught.value.slug == "roster-no-header"


def test_siblings_share_a_guardian_and_are_one_family():
    sibling = with_(
        _2="Олег", _4=date(2005, 5, 22), _5="112-233-445 95", _6="+79160000001", _7="e@example.org"
    )
    found = review(**{"9Б": [HEADER, CLEAN, sibling]})
    assert not errors(found)
    assert found.rows[0].people[1].identity == found.rows[1].people[1].identity
    assert found.rows[0].people[0].identity != found.rows[1].people[0].identity


def test_a_guardian_without_a_snils_is_linked_by_name_and_birth_date():
    sibling = with_(_2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org", _13=None)
    found = review(**{"9Б": [HEADER, CLEAN, sibling]})
    assert found.rows[0].people[1].identity == found.rows[1].people[1].identity


@pytest.mark.proves("S1-06", "S1-07")
def test_two_people_may_share_neither_phone_nor_address_nor_snils():
    other = [
        "2",
        "Ёлкин",
        "Олег",
        "Ильич",
        date(2005, 1, 1),
        "008-360-644 33",
        "+79085282526",
        "G.Y@Example.org",
    ]
    found = errors(review(**{"9Б": [HEADER, CLEAN, other]}))
    assert {(2, "guardian.snils", "snils-shared"), (3, "student.snils", "snils-shared")} <= found
    assert {(2, "guardian.phone", "phone-shared"), (3, "student.phone", "phone-shared")} <= found
    assert {(2, "student.email", "email-shared"), (3, "student.email", "email-shared")} <= found


def test_one_guardian_with_two_phones_in_two_rows_must_be_cleared_up():
    sibling = with_(_2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org", _14="+79160000002")
    found = errors(review(**{"9Б": [HEADER, CLEAN, sibling]}))
    assert found == {(2, "guardian.phone", "phone-differs"), (3, "guardian.phone", "phone-differs")}


def test_a_student_is_not_his_own_guardian_and_a_guardian_is_an_adult():
    himself = [*CLEAN[:8], *CLEAN[1:4], "отец", *CLEAN[4:8]]
    codes = {code for _, _, code in errors(review(**{"9Б": [HEADER, himself]}))}
    assert {"guardian-twice", "guardian-minor"} <= codes


def test_harmful_names_are_errors_and_stay_what_they_were_typed():
    for name in ("=1+1", "<img src=/etc/passwd>", "Б" * 3_000):
        found = review(**{"9Б": [HEADER, with_(_1=name)]})
        assert {field for _, field, _ in errors(found)} == {"student.last_name"}


def test_every_row_of_people_has_a_finding():
    found = review(**{"9Б": [HEADER, CLEAN]})
    assert [(one.row, one.level, one.field) for one in found.findings] == [(2, Level.OK, "")]
