"""Definitions of programmes: what is shipped holds, and what does not hold is refused by name."""

from dataclasses import replace
from datetime import date

import pytest

from registry.programmes.definition import parse_definition
from registry.programmes.items import ITEMS, items_missing
from registry.programmes.reader import DefinitionError
from registry.programmes.rules import Means, NoticeKind, Quorum, Role, Signers
from registry.programmes.shipped import Shipped, shipped_definitions
from registry.programmes.templates import parse_template, places_of

FILE = "definitions/mesh-2020.toml"


@pytest.fixture(scope="module")
def mesh():
    return next(one for one in shipped_definitions() if one.file == FILE)


@pytest.mark.proves("S1-13", "S1-03")
def test_the_programme_asks_five_fields_of_student_and_guardian_by_11_november(mesh: Shipped):
    programme = mesh.parse()

    assert programme.deadline == date(2020, 11, 11)
    for role in Role:
        names = {one.name for one in programme.fields.of(role) if one.required}
        assert names == {"last_name", "first_name", "birth_date", "snils", "email", "phone"}
    assert [one.name for one in programme.fields.student if one.confirmed] == ["email", "phone"]
    assert programme.fields.guardians_with_data(17) == 1
    assert programme.fields.guardians_with_data(18) == 0


@pytest.mark.proves("S1-02", "S1-22")
def test_the_signer_rule_changes_at_14_and_18_and_the_receiver_is_named(mesh: Shipped):
    programme = mesh.parse()
    rule = programme.rule_on(date(2020, 11, 2))

    assert rule.at_age(13) == Signers(Quorum.ANY, student=False)
    assert rule.at_age(14) == rule.at_age(17) == Signers(Quorum.ANY, student=True)
    assert rule.at_age(18) == Signers(None, student=True)
    assert programme.receiver.name
    assert "соглашения" in programme.receiver.basis


def test_each_consent_has_all_nine_items_of_the_law(mesh: Shipped):
    programme = mesh.parse()

    for kind, wanted in ITEMS.items():
        places = places_of(parse_template(programme.notice(kind, "ru").text))
        assert items_missing(kind, places) == {}
        numbers = set(range(1, 10)) - (set() if kind is NoticeKind.STUDENT_BY_GUARDIAN else {2})
        assert set(wanted) == numbers


def test_the_agreement_says_how_the_signer_is_determined_and_that_the_code_is_kept_secret(mesh: Shipped):
    text = mesh.parse().notice(NoticeKind.CODE_AGREEMENT, "ru").text

    for words in (
        "Как определяется подписант",
        "хранить код в тайне",
        "не более тридцати минут",
        "Реестр каналов",
    ):
        assert words in text


CHANGES = [
    ('version = "1.1"\nlanguages', 'version = "1.1"\nsurprise = 1\nlanguages', "surprise", "неизвестен"),
    ('"snils"', '"shoe_size"', "fields.student", "shoe_size"),
    ('languages = ["ru", ', 'languages = ["tlh", ', "languages", "tlh"),
    ('en = "Moscow Electronic School: register of participants"\n', "", "title.en", "нужен"),
    ('governing = "ru"', 'governing = "tlh"', "governing", "tlh"),
    ('governing = "ru"', 'governing = "en"', "words.ru.governs", "нужен"),
    ('on_major_notice = "lapse"', 'on_major_notice = "forget"', "on_major_notice", "forget"),
    (
        'kind = "student_self"\nlanguage = "ru"\nversion = "1.1"',
        'kind = "student_self"\nlanguage = "ru"\nversion = "one"',
        "version",
        "1.0",
    ),
    (
        'kind = "student_self"\nlanguage = "en"\nversion = "1.1"',
        'kind = "student_self"\nlanguage = "en"\nversion = "1.2"',
        "notice",
        "разные версии",
    ),
    ("deadline = 2020-11-11", "deadline = 2020-08-01", "deadline", "раньше"),
    ("deadline = 2020-11-11", 'deadline = "11 ноября"', "deadline", "другого вида"),
    ("deadline = 2020-11-11", "deadline = 2020-11-11T10:00:00", "deadline", "без времени"),
    ("valid_until = 2021-08-31", "valid_until = 2020-10-01", "valid_until", "раньше"),
    ('accepts = ["paper", "code", "qualified"]', 'accepts = ["fax"]', "accepts", "fax"),
    ('unit = "school" ', 'unit = "class" ', "unit", "school"),
    ('under_14 = "any_guardian"', 'under_14 = "student"', "under_14", "14"),
    ('from_18 = "student"', 'from_18 = "any_guardian"', "from_18", "18"),
    (
        'from_14 = "any_guardian and student"',
        'from_14 = "mother and father and student"',
        "from_14",
        "читается",
    ),
    ('"birth_date", "snils", "email!"', '"birth_date!", "snils", "email!"', "fields.student", "birth_date"),
    ("under_18 = 1", "under_18 = -1", "fields.guardians_with_data.under_18", "неотрицательное"),
    ("grades = [1, 2", "grades = [0, 2", "grades", "от 1 до 12"),
    ('kind = "student_self"', 'kind = "guardian_self"', "notice", "дважды"),
    ("{name}, {day}; квал", "{name}, {shoe}; квал", "words.ru.signatures.qualified", "shoe"),
    ("[receiver]", "[receiver", "", "TOML"),
]


@pytest.mark.parametrize(("old", "new", "key", "reason"), CHANGES)
def test_a_definition_that_does_not_hold_is_refused_with_file_key_and_reason(
    mesh: Shipped, old: str, new: str, key: str, reason: str
):
    text = mesh.texts[FILE]
    assert old in text

    with pytest.raises(DefinitionError) as refused:
        parse_definition(FILE, {**mesh.texts, FILE: text.replace(old, new, 1)})

    assert FILE in str(refused.value)
    assert key in str(refused.value)
    assert reason in str(refused.value)


def test_rules_whose_days_run_backwards_are_refused(mesh: Shipped):
    bands = 'under_14 = "any_guardian"\nfrom_14 = "student"\nfrom_18 = "student"\n'
    more = f"\n[[signer_rule]]\nfrom = 2019-01-01\n{bands}"

    with pytest.raises(DefinitionError, match="идут назад"):
        parse_definition(FILE, {**mesh.texts, FILE: mesh.texts[FILE] + more})


def test_a_missing_notice_is_refused(mesh: Shipped):
    texts = {name: text for name, text in mesh.texts.items() if "student-self" not in name}

    with pytest.raises(DefinitionError, match=r"student-self\.ru\.md"):
        parse_definition(FILE, texts)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("{signer.address}", "где-то", "пункта 2"),
        ("{student.identity_document}", "—", "пункта 1"),
        ("{notice.purpose}", "разное", "пункта 4"),
        ("{processor}", "никто", "пункта 6"),
        ("{signature.block}", "", "пункта 9"),
        ("{school.inn}", "{signer.snils}", "signer.snils"),
        ("**Цель**", "**Цель", "разметка"),
        ("{school.inn}", "{school.inn", "разметка"),
    ],
)
def test_a_notice_without_an_item_or_with_an_unknown_place_is_refused(
    mesh: Shipped, old: str, new: str, reason: str
):
    file = "notices/mesh-2020/student-by-guardian.ru.md"

    with pytest.raises(DefinitionError) as refused:
        parse_definition(FILE, {**mesh.texts, file: mesh.texts[file].replace(old, new)})

    assert file in str(refused.value)
    assert reason in str(refused.value)


def test_the_digest_follows_every_text(mesh: Shipped):
    file = "notices/mesh-2020/student-self.ru.md"
    changed = parse_definition(FILE, {**mesh.texts, file: mesh.texts[file] + "\nЕщё строка.\n"})

    assert changed.digest != mesh.parse().digest
    assert mesh.parse().digest == mesh.parse().digest


def test_a_rule_is_chosen_by_its_day(mesh: Shipped):
    programme = mesh.parse()
    later = replace(programme.signer_rules[0], since=date(2021, 1, 1), from_14=Signers(None, student=True))
    programme = replace(programme, signer_rules=(*programme.signer_rules, later))

    assert programme.rule_on(date(2020, 12, 31)).from_14.guardians is Quorum.ANY
    assert programme.rule_on(date(2021, 1, 1)).from_14.guardians is None
    assert Means.CODE in programme.accepts
