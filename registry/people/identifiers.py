"""Numbers that the state gives: the SNILS of a person and the INN of an organisation or a person."""

import re

from registry.errors import N_, InvalidError

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"  # the plain hyphen last: it must not make a range
_GAP = rf"[ {_DASHES}]{{0,3}}"
_SNILS = re.compile(rf"([0-9]{{3}}){_GAP}([0-9]{{3}}){_GAP}([0-9]{{3}}){_GAP}([0-9]{{2}})")
_WITHOUT_CHECK = 1_001_998  # numbers up to 001-001-998 carry no check digits
_FEWEST_DIGITS_OF_A_NUMBER = 9  # 00X-XXX-XXX YY loses two leading zeros when a spreadsheet makes it a number
_SNILS_LENGTH = 11

_ORGANISATION = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def parse_snils(typed: str | float) -> str:
    """Read a SNILS as people and spreadsheets write it and give its 11 digits.

    Raises:
        InvalidError: `snils-form`, `snils-checksum` or `snils-nobody`.
    """
    digits = _digits_of_number(typed) if isinstance(typed, (int, float)) else _digits_of_text(typed)
    number = int(digits[:9])
    if number == 0:
        raise InvalidError(N_("СНИЛС из одних нулей никому не принадлежит."), code="snils-nobody")
    if number > _WITHOUT_CHECK and snils_check(digits[:9]) != digits[9:]:
        raise InvalidError(
            N_("Контрольное число СНИЛС не сходится: сверьте номер с документом."), code="snils-checksum"
        )
    return digits


def snils_check(nine: str) -> str:
    """Check digits of the first nine: the last two digits of the weighted sum's remainder by 101."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"


def format_snils(digits: str) -> str:
    """Print 11 digits as XXX-XXX-XXX YY."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def _digits_of_text(typed: str) -> str:
    found = _SNILS.fullmatch(" ".join(typed.split()))
    if found is None:
        raise _bad_form()
    return "".join(found.groups())


def _digits_of_number(typed: float) -> str:
    if typed != typed or typed in (float("inf"), float("-inf")) or typed != int(typed):  # noqa: PLR0124 - NaN
        raise _bad_form()
    digits = str(int(typed))
    if not digits.isdigit() or not _FEWEST_DIGITS_OF_A_NUMBER <= len(digits) <= _SNILS_LENGTH:
        raise _bad_form()
    return digits.zfill(_SNILS_LENGTH)


def _bad_form() -> InvalidError:
    return InvalidError(N_("В СНИЛС 11 цифр, как на документе: 112-233-445 95."), code="snils-form")


def parse_inn(typed: str) -> str:
    """Read the INN of an organisation (10 digits) or a person (12) and give its digits.

    Raises:
        InvalidError: `inn-form` or `inn-checksum`.
    """
    digits = "".join(typed.split())
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", digits):
        raise InvalidError(N_("В ИНН организации 10 цифр, в ИНН человека 12."), code="inn-form")
    checks = (_ORGANISATION,) if len(digits) == len(_ORGANISATION) + 1 else (_PERSON_FIRST, _PERSON_SECOND)
    if not all(_inn_check_holds(digits, weights) for weights in checks):
        raise InvalidError(
            N_("Контрольное число ИНН не сходится: сверьте номер с документом."), code="inn-checksum"
        )
    return digits


def _inn_check_holds(digits: str, weights: tuple[int, ...]) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return total % 11 % 10 == int(digits[len(weights)])
