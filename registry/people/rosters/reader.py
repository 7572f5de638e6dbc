"""Reading a spreadsheet without trusting it: a child process with limits does it, this side only listens."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from threading import Thread, Timer

from registry.errors import N_, InvalidError, TooLargeError
from registry.people.rosters.sheets import Cell, Row, Sheet

_MIB = 1 << 20
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one spreadsheet may cost: bytes, seconds, counts."""

    packed: int = 10 * _MIB
    unpacked: int = 100 * _MIB
    members: int = 200
    rows: int = 60_000
    columns: int = 60
    memory: int = 512 * _MIB
    seconds: int = 20
    answer: int = 48 * _MIB


LIMITS = Limits()
_REFUSALS = {
    "old-or-locked": N_(
        "Это старый файл .xls или файл с паролем. Снимите пароль, сохраните как .xlsx и загрузите снова."
    ),
    "damaged": N_(
        "Файл повреждён или это не книга .xlsx. Откройте его, сохраните как .xlsx и загрузите снова."
    ),
    "not-xlsx": N_("Это не книга .xlsx. Сохраните список в таблице как .xlsx и загрузите снова."),
    "macros": N_("В книге есть макросы. Сохраните её как .xlsx без макросов и загрузите снова."),
    "too-many-members": N_("Книга устроена слишком сложно. Скопируйте список в новую книгу и загрузите её."),
    "unpacked-too-large": N_("Книга слишком велика внутри. Скопируйте список в новую книгу и загрузите её."),
    "too-wide": N_(
        "В книге есть ячейки дальше строки %(rows)s или столбца %(columns)s. "
        "Скопируйте список в новую книгу и загрузите её."
    ),
    "too-much-text": N_("В книге слишком много текста. Разделите список на несколько книг."),
    "died": N_(
        "Файл не удалось прочитать: он повреждён или требует слишком много времени и памяти. "
        "Скопируйте список в новую книгу и загрузите её."
    ),
}


def read_workbook(data: bytes, limits: Limits = LIMITS) -> tuple[Sheet, ...]:
    """Read the sheets of an .xlsx file.

    Raises:
        TooLargeError: the file as packed is above the limit.
        InvalidError: `roster-...` for everything else that is wrong with the file as a whole.
    """
    if len(data) > limits.packed:
        raise TooLargeError(
            N_("Файл больше %(limit)s МБ. Разделите список на несколько книг."), limit=limits.packed // _MIB
        )
    if not data:
        raise InvalidError(N_("Файл пуст: выберите книгу .xlsx со списком."), code="roster-empty")
    return _understand(_answer(data, limits), limits)


def _answer(data: bytes, limits: Limits) -> bytes:
    """Run the child on the bytes and give all that it wrote, at most the allowed size."""
    command = [sys.executable, "-I", str(_CHILD), json.dumps(asdict(limits))]
    with subprocess.Popen(  # noqa: S603 - our own script, with numbers for arguments
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as child:
        watchdog = Timer(limits.seconds, child.kill)
        feeder = Thread(target=_feed, args=(child, data), daemon=True)
        watchdog.start()
        feeder.start()
        try:
            assert child.stdout is not None  # noqa: S101 - it is a pipe by the line above
            return child.stdout.read(limits.answer + 1)
        finally:
            child.kill()
            watchdog.cancel()
            feeder.join()


def _feed(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    with suppress(OSError):  # a child that died of its limits no longer reads
        assert child.stdin is not None  # noqa: S101 - a pipe
        child.stdin.write(data)
        child.stdin.close()


def _understand(answer: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Turn the child's lines into sheets; an answer without its end is the answer of a dead child."""
    titles: list[str] = []
    rows: list[list[Row]] = []
    for line in _parsed_lines(answer, limits):
        if isinstance(line, dict) and "sheet" in line:
            titles.append(str(line["sheet"]))
            rows.append([])
        elif isinstance(line, list):
            rows[-1].append(Row(line[0], tuple(_cell(value) for value in line[1])))
    return tuple(Sheet(title, tuple(of)) for title, of in zip(titles, rows, strict=True))


def _parsed_lines(answer: bytes, limits: Limits) -> Iterator[object]:
    ended = False
    for text in answer.split(b"\n"):
        try:
            line = json.loads(text) if text else None
        except ValueError:
            break  # cut in the middle: the child died while it wrote
        if isinstance(line, dict) and "refused" in line:
            raise _refusal(str(line["refused"]), limits)
        ended = ended or line == {"end": True}
        yield line
    if not ended:
        raise _refusal("died", limits)


def _refusal(code: str, limits: Limits) -> InvalidError:
    text = _REFUSALS.get(code, _REFUSALS["damaged"])
    places = {"rows": limits.rows, "columns": limits.columns} if code == "too-wide" else {}
    return InvalidError(text, code=f"roster-{code}", **places)  # type: ignore[arg-type]


def _cell(value: object) -> Cell:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    return value if isinstance(value, (str, int, float)) else None
