"""Notices rendered for a signer: complete, canonical, and safe whatever the values hold."""

import hashlib
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.programmes.facts import Facts, Occasion, Operator, Paper, Signer, Subject, missing_parts
from registry.programmes.items import ITEMS
from registry.programmes.rendering import Rendered, data_said, render, render_form
from registry.programmes.rules import Means, NoticeKind, Role
from registry.programmes.shipped import shipped_definitions
from registry.programmes.templates import BlockKind

PROGRAMME = shipped_definitions()[0].parse()
PASSPORT = Paper(
    "паспорт гражданина Российской Федерации", "123456", date(2010, 3, 12), "ОВД Центрального района", "0801"
)
BIRTH_CERTIFICATE = Paper(
    "свидетельство о рождении", "654321", date(2008, 6, 1), "ЗАГС города Хабаровска", "I-ДВ"
)
FACTS = Facts(
    signer=Signer(
        full_name="Иванова Мария Петровна",
        birth_date=date(1980, 5, 1),
        address="г. Хабаровск, ул. Ленина, д. 1",
        identity_document=PASSPORT.said(),
        authority_document=BIRTH_CERTIFICATE.said(),
        relation="мать",
        channels="+7 914 000-00-01",
    ),
    operator=Operator(
        "МБОУ СОШ № 17", "г. Хабаровск, ул. Школьная, д. 2", "2700000000", "school17@example.ru"
    ),
    occasion=Occasion(date(2020, 11, 2), Means.CODE, "https://registry.example"),
    student=Subject(
        "Иванов Пётр Ильич",
        date(2008, 5, 20),
        "г. Хабаровск, ул. Ленина, д. 1",
        BIRTH_CERTIFICATE.said(),
        "7А",
    ),
)
BY_GUARDIAN = PROGRAMME.notice(NoticeKind.STUDENT_BY_GUARDIAN, "ru")


def said(rendered: Rendered) -> str:
    return rendered.body.decode()


@pytest.mark.proves("S1-01", "S1-14", "S1-22")
@pytest.mark.parametrize("kind", [*ITEMS, NoticeKind.CODE_AGREEMENT])
def test_a_rendered_document_says_everything_and_leaves_no_place_open(kind: NoticeKind):
    rendered = render(PROGRAMME, PROGRAMME.notice(kind, "ru"), FACTS)

    assert "{" not in said(rendered)
    assert "Иванова Мария Петровна" in said(rendered)
    assert "МБОУ СОШ № 17" in said(rendered)
    assert rendered.blocks[0].kind is BlockKind.HEADING
    assert rendered.sha256 == hashlib.sha256(rendered.body).hexdigest()


def test_the_nine_items_stand_in_the_rendered_consent():
    text = said(render(PROGRAMME, BY_GUARDIAN, FACTS))

    for words in (
        "Иванов Пётр Ильич",
        "I-ДВ № 654321, 01.06.2008, ЗАГС города Хабаровска",
        "0801 № 123456, 12.03.2010, ОВД Центрального района",
        "г. Хабаровск, ул. Школьная, д. 2",
        "Цель: включение обучающегося в реестр",
        "СНИЛС",
        "такое лицо не привлекается",
        "сбор, запись",
        "автоматизированная и неавтоматизированная",
        "до 31.08.2021",
        "https://registry.example",
        "простая электронная подпись",
    ):
        assert words in text


@pytest.mark.proves("S1-03")
@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (NoticeKind.STUDENT_BY_GUARDIAN, Role.STUDENT),
        (NoticeKind.STUDENT_SELF, Role.STUDENT),
        (NoticeKind.GUARDIAN_SELF, Role.GUARDIAN),
    ],
)
def test_the_fields_of_the_message_are_a_subset_of_what_the_notice_says(kind: NoticeKind, role: Role):
    text = said(render(PROGRAMME, PROGRAMME.notice(kind, "ru"), FACTS))
    words = PROGRAMME.words["ru"].fields

    assert {words[name] for name in PROGRAMME.fields.names(role)} <= set(
        data_said(PROGRAMME, role, "ru").split(", ")
    )
    assert all(words[name] in text for name in PROGRAMME.fields.names(role))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": ""}, "signer.address"),
        ({"address": " \x00 "}, "signer.address"),
        ({"identity_document": ""}, "signer.identity_document"),
        ({"identity_document": replace(PASSPORT, issuer="").said()}, "signer.identity_document.issuer"),
        (
            {"identity_document": replace(PASSPORT, issued_on=None).said()},
            "signer.identity_document.issued_on",
        ),
        ({"authority_document": ""}, "signer.authority_document"),
        ({"full_name": ""}, "signer.full_name"),
    ],
)
def test_a_written_consent_without_an_item_is_refused_and_the_field_is_named(
    change: dict[str, object], field: str
):
    facts = replace(FACTS, signer=replace(FACTS.signer, **change))

    with pytest.raises(InvalidError) as refused:
        render(PROGRAMME, BY_GUARDIAN, facts)

    assert field in refused.value.fields
    assert refused.value.slug == "notice-incomplete"


def test_a_value_that_the_law_does_not_ask_for_is_said_to_be_not_stated():
    facts = replace(FACTS, operator=replace(FACTS.operator, inn=""))

    assert "ИНН: не указано" in said(render(PROGRAMME, BY_GUARDIAN, facts))


def test_a_form_for_paper_has_a_line_to_write_on():
    facts = replace(
        FACTS, signer=replace(FACTS.signer, address=""), occasion=replace(FACTS.occasion, means=Means.PAPER)
    )
    text = said(render_form(PROGRAMME, BY_GUARDIAN, facts))

    assert "зарегистрированный(-ая) по адресу: ______" in text
    assert text.rstrip().endswith("года")


@pytest.mark.parametrize(
    ("birth", "stands"), [(date(2008, 5, 20), True), (date(2004, 1, 1), True), (date(2002, 1, 1), False)]
)
def test_the_approval_of_the_agreement_stands_in_the_consent_for_a_minor_only(birth: date, *, stands: bool):
    facts = replace(FACTS, student=replace(FACTS.student, birth_date=birth))

    assert ("Одобряю заключение" in said(render(PROGRAMME, BY_GUARDIAN, facts))) is stands


HOSTILE = [
    "<b>x</b>",
    "{signer.snils}",
    "{student.full_name}",
    "**жирно**",
    "# заголовок\n\n# ещё",
    "=1+1",
    "\u202eабв",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str):
    plain = render(PROGRAMME, BY_GUARDIAN, FACTS)
    rendered = render(PROGRAMME, BY_GUARDIAN, replace(FACTS, signer=replace(FACTS.signer, full_name=name)))

    assert len(rendered.blocks) == len(plain.blocks)
    assert [len(one.spans) for one in rendered.blocks] == [len(one.spans) for one in plain.blocks]
    kept = " ".join(name.replace("\u202e", "").split())
    assert kept in rendered.blocks[1].text


def test_a_name_of_100_kb_is_refused_by_field_and_a_nul_is_dropped():
    with pytest.raises(InvalidError) as refused:
        render(PROGRAMME, BY_GUARDIAN, replace(FACTS, signer=replace(FACTS.signer, full_name="Я" * 100_000)))
    assert "signer.full_name" in refused.value.fields

    rendered = render(
        PROGRAMME, BY_GUARDIAN, replace(FACTS, signer=replace(FACTS.signer, full_name="Ива\x00нова"))
    )
    assert "Иванова" in said(rendered)
    assert b"\x00" not in rendered.body


@given(st.text(max_size=300), st.text(min_size=1, max_size=300))
def test_any_value_gives_canonical_bytes_and_the_same_blocks(relation: str, name: str):
    facts = replace(FACTS, signer=replace(FACTS.signer, relation=relation, full_name="Я" + name))
    rendered = render(PROGRAMME, BY_GUARDIAN, facts)
    text = said(rendered)

    assert text == unicodedata.normalize("NFC", text)
    assert "\r" not in text
    assert not any(unicodedata.category(one).startswith("C") for one in text if one != "\n")
    assert len(rendered.blocks) == len(render(PROGRAMME, BY_GUARDIAN, FACTS).blocks)
    assert render(PROGRAMME, BY_GUARDIAN, facts).sha256 == rendered.sha256


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("паспорт 08 01 123456, выдан 12.03.2010 ОВД Центрального района", ()),
        ("Свидетельство о рождении I-ДВ № 654321, 2008-06-01, отдел ЗАГС", ()),
        ("паспорт 0801 123456, выдан ОВД", ("issued_on",)),
        ("паспорт, 12.03.2010, ОВД", ("number",)),
        ("паспорт 0801 123456, 12.03.2010", ("issuer",)),
        ("есть", ("number", "issued_on", "issuer")),
    ],
)
def test_a_document_says_its_number_its_date_and_who_issued_it(text: str, missing: tuple[str, ...]):
    assert missing_parts(text) == missing
