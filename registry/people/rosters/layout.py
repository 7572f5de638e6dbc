"""Where the list stands in a sheet: titles above, header, rows of people, blank rows, footers, its class."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.errors import N_, InvalidError
from registry.people.class_names import ClassName, find_class_name, parse_class_name
from registry.people.rosters.headers import CLASS, NUMBER, STUDENT, Header, find_header
from registry.people.rosters.sheets import Cell, Row, Sheet

_HEADER_WITHIN = 60
_DAYS_TO_1904 = 1_462  # from the day from which other books count
_FOOTER = re.compile(
    r"руководител|директор|итого|всего|подпис|исполнител|ответствен|м\s?\.\s?п\s?\.|секретар|примечан|_{3,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a person with its place, class and the header that explains its cells."""

    sheet: str
    row: Row
    class_name: ClassName | None
    header: Header
    since_1904: bool = False

    def cell(self, side: str, field: str) -> Cell:
        """The cell of a field, None where the column or the value is missing."""
        place = self.header.columns.get((side, field))
        cell = self.row.cells[place] if place is not None and place < len(self.row.cells) else None
        if self.since_1904 and field == "birth_date" and isinstance(cell, (int, float)):
            return cell + _DAYS_TO_1904
        return cell


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of people in a workbook, and what was left unread."""

    lines: tuple[Line, ...]
    unread_sheets: tuple[str, ...]
    unread_rows: tuple[tuple[str, int], ...]
    unread_columns: tuple[tuple[str, str], ...]


def lay_out(sheets: Sequence[Sheet]) -> Layout:
    """Find the lists of a workbook.

    Raises:
        InvalidError: `roster-no-header` when no sheet holds a list, `roster-no-rows` when nobody is in it.
    """
    lines: list[Line] = []
    headed = False
    unread_sheets: list[str] = []
    unread_rows: list[tuple[str, int]] = []
    unread_columns: list[tuple[str, str]] = []
    for sheet in filter(lambda one: one.rows, sheets):
        start = _header_of(sheet)
        if start is None:
            unread_sheets.append(sheet.title)
        else:
            found, left = _lines_of(sheet, *start)
            lines += found
            headed = True
            unread_rows += [(sheet.title, number) for number in left]
            unread_columns += [(sheet.title, words) for words in _unread_columns(found)]
    if not lines:
        raise _no_rows() if headed else _no_header()
    return Layout(tuple(lines), tuple(unread_sheets), tuple(unread_rows), tuple(unread_columns))


def _no_header() -> InvalidError:
    return InvalidError(
        N_("В файле нет списка: нужна строка заголовков Фамилия, Имя, Отчество, Дата рождения, СНИЛС."),
        code="roster-no-header",
    )


def _no_rows() -> InvalidError:
    return InvalidError(
        N_(
            "В списке пока никого нет: впишите обучающихся под строкой заголовков, по одному в строке, "
            "и загрузите файл снова."
        ),
        code="roster-no-rows",
    )


def _header_of(sheet: Sheet) -> tuple[int, Header] | None:
    above: Sequence[Cell] = ()
    for place, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        header = find_header(row.number, row.cells, above)
        if header is not None:
            return place, header
        above = row.cells
    return None


def _lines_of(sheet: Sheet, place: int, header: Header) -> tuple[list[Line], list[int]]:
    lines: list[Line] = []
    unread: list[int] = []
    class_name = _class_of(sheet, place)
    for row in sheet.rows[place + 1 :]:
        line = Line(sheet.title, row, class_name, header, sheet.since_1904)
        section = _section(row)
        if section is not None:
            class_name = section
        elif _is_person(line, sheet.rows[place]):
            lines.append(_with_own_class(line))
        elif not _is_bare(line):
            unread.append(row.number)
    return lines, unread


def _unread_columns(lines: Sequence[Line]) -> list[str]:
    """The columns in which somebody has a value that nobody reads."""
    if not lines:
        return []
    rows = [line.row.cells for line in lines]
    return [
        words
        for place, words in lines[0].header.unread.items()
        if any(place < len(cells) and cells[place] is not None for cells in rows)
    ]


def _class_of(sheet: Sheet, place: int) -> ClassName | None:
    """The class by the sheet's title; else by the rows above the header."""
    by_title = parse_class_name(sheet.title) or find_class_name(sheet.title)
    if by_title is not None:
        return by_title
    texts = [cell for row in sheet.rows[:place] for cell in row.cells if isinstance(cell, str)]
    found = [name for name in map(_class_in, texts) if name is not None]
    return found[0] if found else None


def _class_in(text: str) -> ClassName | None:
    return find_class_name(text) or parse_class_name(text)


def _with_own_class(line: Line) -> Line:
    cell = line.cell(STUDENT, CLASS)
    if cell is None:
        return line
    own = parse_class_name(str(int(cell)) if isinstance(cell, (int, float)) else str(cell))
    return replace(line, class_name=own)


def _section(row: Row) -> ClassName | None:
    """A row that only says a class («9 «Б» класс») begins that class."""
    filled = [cell for cell in row.cells if cell is not None]
    if len(filled) != 1 or not isinstance(filled[0], str):
        return None
    return parse_class_name(filled[0]) if re.search(r"[^\W_]", filled[0]) else None


def _filled(line: Line) -> list[Cell]:
    """The cells of a row that say something about a person."""
    columns = [place for (_, field), place in line.header.columns.items() if field not in {NUMBER, CLASS}]
    cells = line.row.cells
    return [cells[place] for place in columns if place < len(cells) and cells[place] is not None]


def _is_bare(line: Line) -> bool:
    return not _filled(line) and all(not isinstance(cell, str) for cell in line.row.cells)


def _is_person(line: Line, header_row: Row) -> bool:
    """Tell people from footers and repeated headers; in doubt it is a person, so that nobody is lost."""
    filled = _filled(line)
    if not filled or line.row.cells == header_row.cells:
        return False
    if any(line.cell(STUDENT, field) is not None for field in ("birth_date", "snils")):
        return True  # somebody may be called Директоренко
    first = next(cell for cell in line.row.cells if cell is not None)
    return not any(_FOOTER.search(str(cell)) for cell in (filled[0], first))
