"""A long list of invented students, every number its own."""

from datetime import date
from pathlib import Path

import xlsxwriter

from registry.people.identifiers import format_snils, snils_check

LETTERS = "абвгдежзиклмнопрст"
HEADER = (
    "Фамилия",
    "Имя",
    "Дата рождения",
    "СНИЛС",
    "Телефон",
    "E-mail",
    "Фамилия родителя",
    "Имя родителя",
    "Кем приходится",
    "Дата рождения родителя",
    "СНИЛС родителя",
    "Телефон родителя",
    "E-mail родителя",
)


def write_long_list(path: Path, rows: int) -> None:
    """Write a workbook of one class, as a spreadsheet keeps it: dates are dates, numbers with dashes text."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"}) as made:
        sheet = made.add_worksheet("9Б")
        sheet.write_row(0, 0, HEADER)
        for number in range(rows):
            sheet.write_row(number + 1, 0, family(number))


def family(number: int) -> tuple[object, ...]:
    """One student with a parent."""
    name = surname(number)
    student = (date(2005, 3, 1), snils(100_000_000 + number), f"+7916{number:07d}", f"s{number}@example.org")
    parent = (date(1975, 3, 1), snils(200_000_000 + number), f"+7926{number:07d}", f"p{number}@example.org")
    return name, "Иван", *student, name, "Анна", "мать", *parent


def surname(number: int) -> str:
    """A word of letters for each number."""
    letters = ""
    while number or not letters:
        letters += LETTERS[number % len(LETTERS)]
        number //= len(LETTERS)
    return f"{letters.capitalize()}ов"


def snils(number: int) -> str:
    """A SNILS with right check digits."""
    nine = f"{number:09d}"
    return format_snils(nine + snils_check(nine))
