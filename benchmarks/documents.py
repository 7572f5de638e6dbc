"""How fast documents are drawn, on one core."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from benchmarks.figure import Figure
from registry.documents.blocks import Gap, Run, heading, paragraph
from registry.documents.paper import Asked, Form, printable_forms
from registry.documents.receipts import Receipt, receipt_pdf

LEAST = 40
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
)


def figures() -> Iterator[Figure]:
    """Measure forms one by one, forms in one file for the printer, and receipts."""
    printable_forms([FORM])
    yield _rate("forms, a file each", 100, lambda: [printable_forms([FORM]) for _ in range(100)])
    yield _rate("forms, one file", 300, lambda: printable_forms([FORM] * 300))
    yield _rate("receipts", 100, lambda: [receipt_pdf(RECEIPT) for _ in range(100)])


def _rate(name: str, number: int, draw: Callable[[], object]) -> Figure:
    started = time.process_time()
    draw()
    value = number / (time.process_time() - started)
    return Figure("documents", name, value, "PDF/s of one core", LEAST, at_least=True)
