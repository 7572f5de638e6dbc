import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.people.class_names import find_class_name, parse_class_name
from registry.people.names import LONGEST, fold, means_none, parse_name, sort_key
from registry.people.relations import RelationKind, parse_relation


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("  ДОРОФЕЕВА ", "Дорофеева"),
        ("ольга", "Ольга"),
        ("римский-корсаков", "Римский-Корсаков"),
        ("Анна - Мария", "Анна-Мария"),
        ("О'КОННОР", "О'Коннор"),
        ("Мамед  оглы", "Мамед оглы"),
        ("Оглы-Заде", "Оглы-Заде"),
        ("МакДональд", "МакДональд"),
        ("Артём", "Артём"),
        ("Андреи\u0306", "Андрей"),
        ("Иванов\u00a0", "Иванов"),
    ],
)
def test_blanks_and_letter_case_are_repaired(typed: str, value: object):
    read = parse_name(typed)
    assert read.value == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Крюкoв", "name-mixed"),
        ("=1+1", "name-form"),
        ("<img src=x onerror=alert(1)>", "name-form"),
        ("Иванов2", "name-form"),
        ("+7915", "name-form"),
        ("@SUM(A1)", "name-form"),
        ("Ива\0нов", "name-control"),
        ("Ива\u202eнов", "name-control"),
        ("Ива\u200bнов", "name-control"),
        ("Я" * (LONGEST + 1), "name-long"),
        ("я" * 100_000, "name-long"),
    ],
)
def test_what_is_no_name_is_refused_in_clear_words(typed: str, code: str):
    with pytest.raises(InvalidError) as caught:
        parse_name(typed)
    assert caught.value.slug == code
    assert typed not in str(caught.value)


def test_a_name_in_latin_letters_is_read_and_marked():
    assert parse_name("Smith").latin
    assert not parse_name("Смит").latin


@pytest.mark.parametrize("typed", ["-", "—", "–", "нет", "Отсутствует", " - "])
def test_a_dash_means_that_there_is_no_patronymic(typed: str):
    assert means_none(typed)


def test_names_compare_without_case_and_without_the_dots_of_yo():
    assert fold("Артём") == fold("АРТЕМ")
    assert sort_key("Ёлкин", "А", None) < sort_key("Жуков", "А", None)


@given(st.text(max_size=130))
def test_a_read_name_reads_back_as_itself(typed: str):
    try:
        value = parse_name(typed).value
    except InvalidError:
        return
    assert parse_name(value).value == value


@pytest.mark.parametrize(
    ("typed", "kind", "document"),
    [
        ("мать", RelationKind.MOTHER, None),
        ("Отец", RelationKind.FATHER, None),
        (
            "бабушка (опекун, постановление № 114 от 03.02.2015)",
            RelationKind.GUARDIAN,
            "постановление № 114 от 03.02.2015",
        ),
        ("попечитель", RelationKind.TRUSTEE, None),
        ("приёмная мать, договор № 3", RelationKind.FOSTER, "договор № 3"),
        ("усыновитель", RelationKind.ADOPTER, None),
        ("майка", RelationKind.MOTHER, None),
        ("Баща", RelationKind.FATHER, None),
        ("осиновител", RelationKind.ADOPTER, None),
        ("баба (настойник; решение № 5)", RelationKind.GUARDIAN, "решение № 5"),
        ("приемен родител", RelationKind.FOSTER, None),
    ],
)
def test_a_relation_is_understood_with_its_document(typed: str, kind: RelationKind, document: str | None):
    relation = parse_relation(typed)
    assert (relation.kind, relation.document) == (kind, document)


@pytest.mark.parametrize("typed", ["бабушка", "сестра", "мачеха", "сосед", "мащеха"])
def test_a_relative_without_authority_represents_nobody(typed: str):
    with pytest.raises(InvalidError):
        parse_relation(typed)


@pytest.mark.parametrize(
    ("typed", "shown"), [("9Б", "9Б"), ("9 «Б»", "9Б"), ("9-б", "9Б"), ('10 "A" класс', "10А"), ("11", "11")]
)
def test_a_class_is_understood_however_it_is_written(typed: str, shown: str):
    assert str(parse_class_name(typed)) == shown


@pytest.mark.parametrize("typed", ["13А", "0А", "Лист1", "", "Список", "№ 17", "9Б" * 100])
def test_other_texts_are_no_class(typed: str):
    assert parse_class_name(typed) is None


def test_a_class_is_found_in_the_title_of_a_list():
    assert str(find_class_name("Список обучающихся 9 «Б» класса МБОУ СОШ № 17 г. Хабаровска")) == "9Б"
    assert find_class_name("по состоянию на 15.10.2020") is None
