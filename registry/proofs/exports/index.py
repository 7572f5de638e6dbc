"""What goes into the file of an export beside the documents: the index, the digests, a page of words.

The digests stand as `sha256sum --check` reads them, under the registry's signature.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from registry.consents.rules.titles import NOTICES
from registry.documents.marks import readable_code
from registry.documents.sealed_acts import sealed_words
from registry.documents.templates import Template
from registry.errors import N_
from registry.programmes.rules import NoticeKind
from registry.proofs.exports.naming import name_of_line
from registry.proofs.exports.rules import Export, Line
from registry.proofs.models import export_told
from registry.proofs.models.export_told import Told
from registry.proofs.usecases.describing import code_of
from registry.trail.keys import TrailKeys
from registry.trail.note import sign_note
from registry.work import Work

INDEX, SUMS, SIGNED, READ_ME = "index.csv", "SHA256SUMS", "SHA256SUMS.sig", "READ_ME.txt"
KIND: Final = "registry-export/v1"
LANGUAGE: Final = "ru"
BOM: Final = "\ufeff"
"""By this spreadsheets see that the text is UTF-8."""
HEADER: Final = (
    N_("№"),
    N_("Школа"),
    N_("Класс"),
    N_("Документ"),
    N_("Версия текста"),
    N_("Решение"),
    N_("Дата решения"),
    N_("Код проверки"),
    N_("Файл"),
    "SHA-256",
    N_("Состояние"),
)
BUNDLE: Final = N_("Пакет доказательств")
STATES: Final = {
    Line.PACKED: N_("в этом файле"),
    Line.ERASED: N_("данные уничтожены: документа больше нет"),
    Line.OPTED_OUT: N_("отказ от электронного обучения: не выдаётся"),
    Line.FAILED: N_("не запечатан: обратитесь к оператору реестра"),
}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
WORDS: Final = N_(
    "Документы о решениях с печатью реестра. Кому: %(receiver)s. Основание: %(basis)s.\n"
    "\n"
    "index.csv — опись: что за документ, код для проверки на странице %(address)s, файл, SHA-256.\n"
    "Имён в описи и в названиях файлов нет. Уничтоженного в файле нет: в описи сказано, почему.\n"
    "SHA256SUMS — отпечатки всех файлов: sha256sum --check SHA256SUMS\n"
    "SHA256SUMS.sig — подпись реестра под ними. Ключ спросите у оператора: %(key)s\n"
    "Проверить всё сразу: python -m registry exports check ФАЙЛ.zip\n"
    "\n"
    "В файле персональные данные. Храните его под замком и уничтожьте, когда он станет не нужен.\n"
)


def index_of(work: Work, export: Export) -> Iterator[bytes]:
    """Write the index, line by line."""
    words = sealed_words(LANGUAGE)
    yield BOM.encode() + row_of(HEADER)
    for one in export_told.every_line(work.connection, export.id):
        yield row_of(_cells(work, one, words))


def row_of(cells: Sequence[str]) -> bytes:
    """Write a row as spreadsheets of Russian users read it; nothing in it is taken for a formula."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([plain(one) for one in cells])
    return written.getvalue().encode()


def plain(cell: str) -> str:
    """Let a cell be text whatever it begins with."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _cells(work: Work, one: Told, words: Template) -> list[str]:
    there = one.state is Line.PACKED
    code = readable_code(code_of(work.vault, one.act_id)) if one.act_id else ""
    title = NOTICES[one.notice] if one.act_id else f"{BUNDLE}: {NOTICES[one.notice]}"
    return [
        str(one.number),
        one.school,
        f"{one.grade}{one.letter}" if one.grade is not None else "",
        title,
        one.notice_version,
        _decision(one, words),
        one.on_day.strftime("%d.%m.%Y") if one.on_day else "",
        code,
        name_of_line(work.vault, one.folder, one.number, one.act_id) if there else "",
        one.sha256 or "",
        STATES.get(one.state, STATES[Line.ERASED]),
    ]


def _decision(one: Told, words: Template) -> str:
    if one.decision is None:
        return ""
    agreement = one.notice is NoticeKind.CODE_AGREEMENT
    return words.say(f"agreement_{one.decision.value}" if agreement else one.decision.value)


def sums_of(work: Work, export: Export, beside: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """Write the digests of the files beside the documents, then of every document, a line each."""
    for name, digest in beside:
        yield f"{digest}  {name}\n".encode()
    for one in export_told.lines_in_file(work.connection, export.id, export.parts):
        name = name_of_line(work.vault, one.folder, one.number, one.act_id)
        yield f"{one.sha256}  {name}\n".encode()


def signature_of(keys: TrailKeys, export: Export, sums: str) -> str:
    """Sign the digest of the list of digests, by the key of receipts."""
    return sign_note(f"{KIND}\n{keys.origin}\n{export.id}\n{sums}\n", keys.receipt)


def read_me(work: Work, export: Export, keys: TrailKeys) -> str:
    """Say what the file is and how it is checked."""
    return WORDS % {
        "receiver": export.receiver,
        "basis": export.basis,
        "address": f"{work.settings.base_url}/verify",
        "key": keys.receipt.verifier,
    }
