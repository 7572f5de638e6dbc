"""How fast documents are drawn, on one core."""

import hmac
import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from reportlab.pdfgen.canvas import Canvas

from benchmarks import stacks
from benchmarks.figure import Figure, own_peak_mib
from registry.documents.blocks import Gap, Run, heading, paragraph
from registry.documents.paper import Asked, Form, printable_forms
from registry.documents.receipts import Evidence, Receipt, receipt_pdf

LEAST = 40
BARE = 100
LINES = ("Collecting, recording, keeping, changing and deleting of personal data, " * 2,) * 50
FORM = Form(
    consent=UUID("01932b3e-7c00-7000-8000-0123456789ab"),
    version="1.0",
    school="Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 17»",
    sorting="7А · Иванов П.",
    blocks=(
        heading("Согласие родителя (законного представителя) на обработку персональных данных"),
        paragraph("Я, Иванова Мария Сергеевна, проживающая по адресу: ", Gap(60), ", даю согласие:"),
        *(
            paragraph(Run("Какие действия", bold=True), ": " + "сбор, запись, хранение, " * 14)
            for _ in range(7)
        ),
    ),
    asked=(Asked("Телефон", "+7 914 000-00-00"), Asked("Электронная почта", None)),
)
RECEIPT = Receipt(
    reference="К-000123",
    school=FORM.school,
    notice="Согласие родителя на обработку персональных данных, версия 1.0",
    signer="Иванова М.",
    student="Иванов П.",
    decision="согласие дано",
    time=datetime(2020, 11, 2, 4, 3, 5, tzinfo=UTC),
    method="код из письма",
    text_digest="ab" * 32,
    address="https://consents.example.org/verify/ABC",
    withdrawal="в личном кабинете",
    proof="registry-receipt/v1\nconsents.example.org/log/1\nAAAA\n1604289785",
    evidence=Evidence(
        event="01932b3e-7c00-7000-8000-0123456789ab",
        leaf=b'{"v":1}' * 100,
        opening=b'{"payload":{}}' * 40,
        tlog_proof="c2sp.org/tlog-proof@v1\n" * 20,
    ),
)


def tag(said: str) -> bytes:
    """Make the tag of a printed page, under a key of the figures."""
    return hmac.digest(b"a key of figures", said.encode(), "sha256")


def figures() -> Iterator[Figure]:
    """Measure forms one by one, forms in one file for the printer, and receipts."""
    printable_forms([FORM], tag)
    bare = f"bare reportlab, one page of {len(LINES)} lines: {_rate(BARE, lambda: _bare(BARE)):.0f}/s"
    forms = _rate(100, lambda: [printable_forms([FORM], tag) for _ in range(100)])
    yield _figure("forms, a file each", forms, bare)
    yield _figure("forms, one file", _rate(300, lambda: printable_forms([FORM] * 300, tag)), bare)
    yield from stacks.figures(FORM, tag)
    yield _figure("receipts", _rate(100, lambda: [receipt_pdf(RECEIPT) for _ in range(100)]), bare)


def _figure(name: str, rate: float, floor: str) -> Figure:
    unit, peak = "PDF/s of one core", own_peak_mib()
    return Figure("documents", name, rate, unit, LEAST, at_least=True, floor=floor, peak_mib=peak)


def _rate(number: int, draw: Callable[[], object]) -> float:
    started = time.process_time()
    draw()
    return number / (time.process_time() - started)


def _bare(number: int) -> None:
    """Draw lines of text with a font of the library's own, a file each."""
    for _ in range(number):
        drawn = Canvas(io.BytesIO())
        for line, text in enumerate(LINES):
            drawn.drawString(60, 780 - 14 * line, text)
        drawn.showPage()
        drawn.save()
