import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidError
from registry.people.contacts import (
    ContactKind,
    contact_key,
    format_phone,
    mask_contact,
    parse_contact,
    parse_email,
    parse_phone,
)


@pytest.mark.parametrize(
    "typed",
    [
        "+79151289413",
        "8 (915) 128-94-13",
        "8-915-128-94-13",
        "+7(915)1289413",
        "9151289413",
        "7 915 128 94 13",
        79151289413,
        9151289413.0,
        "8\u00a0915\u00a0128–94–13",
    ],
)
def test_a_russian_mobile_phone_is_read_in_its_usual_forms(typed: str | float):
    assert parse_phone(typed) == "+79151289413"


def test_a_foreign_mobile_phone_is_read():
    assert parse_phone("+359 88 812 3456") == "+359888123456"


@pytest.mark.parametrize("typed", ["+7 421 231-12-12", "8 800 555-35-35", "8 (4212) 31-12-12"])
def test_a_phone_that_gets_no_codes_is_refused(typed: str | float):
    with pytest.raises(InvalidError) as caught:
        parse_phone(typed)
    assert caught.value.slug == "phone-not-mobile"


@pytest.mark.parametrize(
    "typed",
    ["", "нет", "+7915128941", "+791512894133", "8 915 128 94 13 доб. 5", "1" * 500, "+", 12, "+7915ABC9413"],
)
def test_what_is_no_phone_is_refused(typed: str | float):
    with pytest.raises(InvalidError):
        parse_phone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "kudr.v2071 @ example.org",
        "иван@mail.ru",
        "ivаn@mail.ru",
        "a@b",
        "a@b@c.ru",
        "",
        "a" * 300 + "@example.org",
        "a\0b@example.org",
        "<a@example.org>",
    ],
)
def test_what_is_no_address_is_refused_and_never_repaired_in_silence(typed: str | float):
    with pytest.raises(InvalidError) as caught:
        parse_email(typed)
    assert caught.value.slug == "email-form"


@pytest.mark.proves("S1-06")
def test_addresses_that_differ_by_case_are_one():
    one, other = parse_email("Ivan.Petrov@Example.org"), parse_email(" ivan.petrov@example.ORG ")
    assert contact_key(ContactKind.EMAIL, one) == contact_key(ContactKind.EMAIL, other)


def test_a_contact_is_shown_masked():
    assert mask_contact(ContactKind.PHONE, "+79151289413") == "··· 94 13"
    assert mask_contact(ContactKind.EMAIL, "ivan@example.org") == "i···@example.org"
    assert format_phone("+79151289413") == "+7 915 128-94-13"


@given(st.sampled_from(list(ContactKind)), st.text(max_size=60))
def test_any_text_is_either_a_contact_that_reads_back_or_refused(kind: ContactKind, typed: str | float):
    try:
        value = parse_contact(kind, typed)
    except InvalidError:
        return
    assert parse_contact(kind, value) == value


LOCAL = st.text("abzABZ019._-", min_size=1, max_size=70)
DOMAIN = st.one_of(
    st.text("abzABZ019.-", min_size=1, max_size=40),
    st.sampled_from(
        ["example.org", "Mail.RU", "school-17.edu.example.com", "localhost", "a.test", "127.0.0.1"]
    ),
)


@given(LOCAL, DOMAIN)
def test_a_plain_address_is_read_as_the_library_alone_would_read_it(local: str, domain: str):
    typed = f"{local}@{domain}"
    try:
        wanted = validate_email(typed, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        with pytest.raises(InvalidError):
            parse_email(typed)
    else:
        assert parse_email(typed) == wanted
