"""Cells as values: what a field accepts of a cell, and how it is shown when it was understood."""

import re
from collections.abc import Callable
from datetime import date

from registry.errors import N_, InvalidError
from registry.people import contacts, dates, identifiers, names
from registry.people.rosters.sheets import Cell, shown

_SHORTENED = re.compile(r"[+]?[0-9](?:[.,][0-9]+)?[eEеЕ][+]?[0-9]{1,3}")
Reader = Callable[[Cell, date], tuple[object, str]]


def names_none(cell: Cell) -> bool:
    """Whether a cell says that there is nothing: a dash, «нет»."""
    return isinstance(cell, str) and names.means_none(cell)


def _birth_date(cell: Cell, on: date) -> tuple[object, str]:
    born = dates.parse_date(cell if cell is not None else "")
    dates.check_birth_date(born, on)
    return born, dates.format_date(born)


def _whole(cell: Cell) -> str | float:
    """The digits of a cell; what a spreadsheet shortened has lost some of them, and they are not guessed.

    Raises:
        InvalidError: `number-shortened`.
    """
    if isinstance(cell, (int, float)):
        return cell
    typed = shown(cell)
    if _SHORTENED.fullmatch(typed.strip()):
        raise InvalidError(
            N_(
                "Таблица сократила номер, и часть его цифр потеряна. "
                "Сделайте столбец текстовым и впишите номер заново."
            ),
            code="number-shortened",
        )
    return typed


def _snils(cell: Cell, _on: date) -> tuple[object, str]:
    digits = identifiers.parse_snils(_whole(cell))
    return digits, identifiers.format_snils(digits)


def _phone(cell: Cell, _on: date) -> tuple[object, str]:
    phone = contacts.parse_phone(_whole(cell))
    return phone, phone


def _email(cell: Cell, _on: date) -> tuple[object, str]:
    email = contacts.parse_email(shown(cell))
    return email, email


READERS: dict[str, Reader] = {"birth_date": _birth_date, "snils": _snils, "phone": _phone, "email": _email}
