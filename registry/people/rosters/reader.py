"""Reading the file of a list without trusting it: a child process with limits does it, this side listens."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from threading import Thread, Timer
from typing import IO

from registry.errors import N_, InvalidError, TooLargeError
from registry.people.rosters.sheets import Cell, Row, Sheet
from registry.storage import collector

_MIB = 1 << 20
_PROJECT = Path(__file__).parents[3]
_CHILD = (
    "import sys; sys.path.append(sys.argv.pop()); from registry.people.rosters.child.main import main; main()"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes, counts, processor seconds and, on a busy machine, of waiting."""

    packed: int = 10 * _MIB
    unpacked: int = 100 * _MIB
    members: int = 200
    elements: int = 4_000_000  # in one part of a book; 60,000 rows of 16 columns are at most 3 million
    rows: int = 60_000
    columns: int = 60
    memory: int = 256 * _MIB
    seconds: int = 20
    patience: int = 60
    answer: int = 48 * _MIB


LIMITS = Limits()
_REFUSALS = {
    "locked": N_("Файл закрыт паролем. Снимите пароль, сохраните файл и загрузите снова."),
    "damaged": N_("Файл повреждён. Откройте его в таблице, сохраните как .xlsx и загрузите снова."),
    "not-a-table": N_(
        "Это не таблица .xlsx, .xls, .ods или .csv, как бы файл ни назывался. "
        "Откройте его в таблице, сохраните как .xlsx и загрузите снова."
    ),
    "macros": N_("В книге есть макросы. Сохраните её как .xlsx без макросов и загрузите снова."),
    "entities": N_(
        "Книга устроена так, как таблицы не сохраняют. Скопируйте список в новую книгу и загрузите её."
    ),
    "too-many-members": N_("Книга устроена слишком сложно. Скопируйте список в новую книгу и загрузите её."),
    "unpacked-too-large": N_("Книга слишком велика внутри. Скопируйте список в новую книгу и загрузите её."),
    "too-wide": N_(
        "В файле есть ячейки дальше строки %(rows)s или столбца %(columns)s. "
        "Скопируйте список в новую книгу и загрузите её."
    ),
    "too-much-text": N_("В файле слишком много текста. Разделите список на несколько файлов."),
    "quotes": N_(
        "В строке %(row)s кавычка открыта, но не закрыта, и не видно, где кончается ячейка. "
        "Исправьте её или сохраните список как .xlsx и загрузите снова."
    ),
    "died": N_(
        "Файл не удалось прочитать: он повреждён или требует слишком много времени и памяти. "
        "Скопируйте список в новую книгу и загрузите её."
    ),
}


def read_workbook(data: bytes, title: str = "", limits: Limits = LIMITS) -> tuple[Sheet, ...]:
    """Read the sheets of a file: .xlsx, .xls, .ods, or text with separators.

    Args:
        data: the file, or cells as they were pasted, in UTF-8.
        title: what the one sheet of a text is called, for a text names none.
        limits: what reading it may cost.

    Raises:
        TooLargeError: the file as packed is above the limit.
        InvalidError: `roster-...` for everything else that is wrong with the file as a whole.
    """
    if len(data) > limits.packed:
        raise TooLargeError(
            N_("Файл больше %(limit)s МБ. Разделите список на несколько файлов."), limit=limits.packed // _MIB
        )
    if not data.strip():
        raise InvalidError(N_("В файле ничего нет. Выберите файл со списком."), code="roster-empty")
    with _child(data, limits) as answer:
        return _understand(answer, title, limits)


@contextmanager
def _child(data: bytes, limits: Limits) -> Iterator[IO[bytes]]:
    """Run the child on the bytes and give the pipe on which it answers; it is gone when the block ends."""
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(asdict(limits)), str(_PROJECT)]
    with subprocess.Popen(  # noqa: S603 - our own program, with numbers for arguments
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as child:
        watchdog = Timer(limits.patience, child.kill)
        feeder = Thread(target=_feed, args=(child, data), daemon=True)
        watchdog.start()
        feeder.start()
        try:
            assert child.stdout is not None  # noqa: S101 - it is a pipe by the line above
            yield child.stdout
        finally:
            child.kill()
            watchdog.cancel()
            feeder.join()


def _feed(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    with suppress(OSError):  # a child that died of its limits no longer reads
        assert child.stdin is not None  # noqa: S101 - a pipe
        child.stdin.write(data)
        child.stdin.close()


@collector.at_rest()
def _understand(answer: IO[bytes], title: str, limits: Limits) -> tuple[Sheet, ...]:
    """Turn the child's lines into sheets as they come; an answer without its end is that of a dead child."""
    sheets: list[Sheet] = []
    rows: list[Row] = []
    for line in _lines(answer, limits):
        if isinstance(line, list):
            rows.append(Row(line[0], tuple(_cell(value) for value in line[1])))
        elif isinstance(line, dict) and "sheet" in line:
            rows = []
            sheets.append(Sheet(str(line["sheet"]) or title, rows, since_1904=line["since_1904"] is True))
    return tuple(sheets)


def _lines(answer: IO[bytes], limits: Limits) -> Iterator[object]:
    left = limits.answer
    while text := answer.readline(left + 1):
        left -= len(text)
        try:
            line = json.loads(text)
        except ValueError:
            break  # cut in the middle: the child died while it wrote
        if line == {"end": True}:
            return
        if isinstance(line, dict) and "refused" in line:
            raise _refusal(str(line["refused"]), limits, line.get("row", 0))
        yield line
    raise _refusal("died", limits)


def _refusal(code: str, limits: Limits, row: int = 0) -> InvalidError:
    places = {"too-wide": {"rows": limits.rows, "columns": limits.columns}, "quotes": {"row": row}}
    return InvalidError(_REFUSALS[code], code=f"roster-{code}", **places.get(code, {}))  # type: ignore[arg-type]


def _cell(value: object) -> Cell:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    return value if isinstance(value, (str, int, float)) else None
