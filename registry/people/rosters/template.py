"""An empty list to fill in: the header, text cells, the classes to choose from, and how to fill it."""

import io
from collections.abc import Callable, Sequence

import xlsxwriter

from registry.errors import N_
from registry.people.rosters.workbook import CLASS_HEADER, Page, add_page, header, open_workbook

LIST = N_("Список")
CLASSES = N_("Классы")
HOW_TO = N_("Как заполнять")
_GUARDIANS = 2
_ROWS = 5_000  # so far down a cell of the class column offers the classes
_WORDS = (
    N_("Один обучающийся занимает одну строку листа «Список». Строку заголовков не меняйте."),
    N_("Класс: цифра и буква, например 9Б."),
    N_("Дата рождения: день.месяц.год, например 31.12.2010."),
    N_("СНИЛС: 11 цифр, например 112-233-445 95. Ноль в начале не пропадёт: ячейки принимают только текст."),
    N_("Телефон: мобильный, например +7 912 345-67-89. У каждого человека свой."),
    N_("Почта: адрес, который человек читает сам. У каждого человека свой."),
    N_("Нет отчества, номера или адреса: оставьте ячейку пустой."),
    N_("Кем приходится родитель: мать, отец, усыновитель, опекун, попечитель или приёмный родитель."),
    N_("Опекун, попечитель, приёмный родитель: допишите документ, например «опекун; решение № 5»."),
    N_("Второй родитель нужен, только если решают оба. Братья и сёстры: повторите родителя в каждой строке."),
    N_("Готовую книгу загрузите в реестр. Ничего не запишется, пока вы не утвердите обзор."),
)


def write_template(class_names: Sequence[str], say: Callable[[str], str] = str) -> bytes:
    """Write the workbook.

    Args:
        class_names: offered in the class column; others may be typed too.
        say: puts a text into the reader's language.
    """
    out = io.BytesIO()
    with open_workbook(out) as book:
        sheet = add_page(book, Page(say(LIST), [CLASS_HEADER, *header(_GUARDIANS)], []))
        if class_names:
            _offer(sheet, say(CLASSES), len(class_names))
            add_page(book, Page(say(CLASSES), class_names[:1], [[name] for name in class_names[1:]]))
        _explain(book, say)
    return out.getvalue()


def _offer(sheet: "xlsxwriter.workbook.Worksheet", classes: str, count: int) -> None:
    """Let a class be chosen; one that is not there yet may be typed, after a question."""
    choice = {"validate": "list", "source": f"='{classes}'!$A$1:$A${count}", "error_type": "warning"}
    sheet.data_validation(1, 0, _ROWS, 0, choice)


def _explain(book: xlsxwriter.Workbook, say: Callable[[str], str]) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(say(HOW_TO))
    sheet.set_column(0, 0, 100, wrapped)
    for number, text in enumerate(_WORDS):
        sheet.write_string(number, 0, say(text), wrapped)
