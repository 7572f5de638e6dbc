"""Phones and e-mail addresses: reading them as people write them, and the form that must be unique."""

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from registry.errors import N_, InvalidError

_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015\u2212]+")
_PLAIN_MOBILE = re.compile(r"(?:\+?7|8)?(9[0-9]{9})")
_MOBILE_TYPES = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
_PLAIN_EMAIL = re.compile(r"([A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*(?<!.{65}))@([A-Za-z0-9.-]{1,100})")
_LONGEST_PHONE = 40
_LONGEST_EMAIL = 254


class ContactKind(StrEnum):
    """Ways to reach a person."""

    EMAIL = "email"
    PHONE = "phone"


def parse_phone(typed: str | float) -> str:
    """Read a mobile phone in a usual form (8 (9xx) ..., +7 9xx ..., a number cell) and give it as E.164.

    Raises:
        InvalidError: `phone-form` or `phone-not-mobile`.
    """
    text = str(int(typed)) if isinstance(typed, (int, float)) else typed
    if len(text) > _LONGEST_PHONE:
        raise _bad_phone()
    plain = _PLAIN_MOBILE.fullmatch(_SEPARATORS.sub("", text))
    return f"+7{plain[1]}" if plain else _other_mobile(text)


def _other_mobile(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException as error:
        raise _bad_phone() from error
    if number.extension or not phonenumbers.is_valid_number(number) or re.search(r"[^\W\d_]", text):
        raise _bad_phone()
    if phonenumbers.number_type(number) not in _MOBILE_TYPES:
        raise InvalidError(
            N_("Это не мобильный телефон, а нужен мобильный: на него приходят коды."), code="phone-not-mobile"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(e164: str) -> str:
    """Print an E.164 phone with blanks, as people read it."""
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _bad_phone() -> InvalidError:
    return InvalidError(
        N_("Не похоже на номер телефона. Напишите его так: +7 912 345-67-89."), code="phone-form"
    )


def parse_email(typed: str) -> str:
    """Read an e-mail address without asking the network and give it in normal form.

    Raises:
        InvalidError: `email-form`.
    """
    text = typed.strip()[: _LONGEST_EMAIL + 1]
    plain = _PLAIN_EMAIL.fullmatch(text)
    return f"{plain[1]}@{_domain(plain[2])}" if plain else _validated(text)


@lru_cache(maxsize=1_000)
def _domain(domain: str) -> str:
    """The domain of a plain address in normal form; there are few of them in a long list."""
    return _validated(f"a@{domain}").partition("@")[2]


def _validated(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - takes long, few need it

    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise InvalidError(
            N_("Не похоже на адрес почты. Проверьте пробелы, точки, знак @ и русские буквы."),
            code="email-form",
        ) from error


def contact_key(kind: ContactKind, value: str) -> str:
    """Give the form in which a contact must be unique among all persons: e-mails differ not by case."""
    return value.casefold() if kind is ContactKind.EMAIL else value


def parse_contact(kind: ContactKind, typed: str) -> str:
    """Read a contact of either kind."""
    return parse_email(typed) if kind is ContactKind.EMAIL else parse_phone(typed)


def mask_contact(kind: ContactKind, value: str) -> str:
    """Show a contact so that its holder knows it and nobody else learns it."""
    if kind is ContactKind.PHONE:
        return f"··· {value[-4:-2]} {value[-2:]}"
    local, _, domain = value.partition("@")
    return f"{local[:1]}···@{domain}"
