"""How fast documents are drawn, on one core."""

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from reportlab.pdfgen.canvas import Canvas

from benchmarks.figure import Figure, own_peak_mib, resident_mib
from registry.documents.blocks import Gap, Run, heading, paragraph
from registry.documents.pades.keys import create_keys
from registry.documents.pades.sealing import Sealer
from registry.documents.paper import Asked, Form, printable_forms
from registry.documents.sealed_acts import Evidence, SealedAct, Text, sealed_act_pdf

LEAST = 40
LEAST_SEALED = 18
FEW, MANY = 1_000, 10_000
MOST_GROWN = 8
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
NOTICE = (
    "Согласие родителя (законного представителя) на обработку персональных данных",
    "Я, Иванова Мария Сергеевна, действуя как законный представитель обучающегося, даю согласие.",
    *("Какие действия: " + "сбор, запись, хранение, " * 14 for _ in range(9)),
)
ACT = SealedAct(
    school=FORM.school,
    headline="Согласие дано",
    code="72G4-9JD1-KAPM-SPG2-30ZH-RVWT-WRK",
    address="https://consents.example.org/verify/72G4-9JD1-KAPM-SPG2-30ZH-RVWT-WRK",
    summary=(
        ("reference", "01M8-G6P6-1ZE1-88SC-720P-0MBR-WW4"),
        ("school", FORM.school),
        ("notice", "Согласие на обработку данных ребёнка"),
        ("signer", "Иванова Мария Сергеевна"),
        ("student", "Иванов Пётр Сергеевич"),
        ("decision", "Согласие дано"),
        ("time", "02.11.2020 14:03:05 UTC+1000"),
        ("method", "Простая электронная подпись: код подтверждения"),
        ("identified", "Код, присланный в СМС на номер, известный школе"),
    ),
    text=Text("text", NOTICE),
    circumstances=tuple(
        (name, None if name == "seen_port" else "Mozilla/5.0 (X11; Linux x86_64) " + name)
        for name in (
            "seen_typed_name",
            "seen_name_fits",
            "seen_declaration",
            "seen_served_at",
            "seen_on_day",
            "seen_sitting",
            "seen_code_id",
            "seen_address",
            "seen_port",
            "seen_agent",
            "seen_languages",
            "seen_text_digest",
            "seen_act_digest",
            "seen_event",
        )
    ),
    proof="registry-receipt/v1\nconsents.example.org/log/1\nAAAA\n1604289785",
    evidence=Evidence(
        event="01932b3e-7c00-7000-8000-0123456789ab",
        leaf=b'{"v":1}' * 100,
        opening=b'{"payload":{}}' * 40,
        tlog_proof="c2sp.org/tlog-proof@v1\n" * 20,
    ),
)


def figures() -> Iterator[Figure]:
    """Measure forms, and the documents of decisions: drawn, and drawn and sealed; then their memory."""
    printable_forms([FORM])
    bare = f"bare reportlab, one page of {len(LINES)} lines: {_rate(BARE, lambda: _bare(BARE)):.0f}/s"
    forms = _rate(100, lambda: [printable_forms([FORM]) for _ in range(100)])
    yield _figure("forms, a file each", forms, bare)
    yield _figure("forms, one file", _rate(300, lambda: printable_forms([FORM] * 300)), bare)
    yield _figure("decisions, unsealed", _rate(100, lambda: [_drawn() for _ in range(100)]), bare)
    with TemporaryDirectory() as folder:
        keys = create_keys(Path(folder), "benchmark", datetime.now(UTC))
    sealer = Sealer(keys, to_be_stamped=True)
    yield from _sealed_figures(sealer)


def _sealed_figures(sealer: Sealer) -> Iterator[Figure]:
    """Measure sealed documents, and how much memory the process takes on from the first thousand on."""
    draw = f"drawing alone: {_rate(100, lambda: [_drawn() for _ in range(100)]):.0f}/s"
    _seal(sealer, 1)
    rate = _rate(FEW, lambda: _seal(sealer, FEW))
    before = resident_mib()
    unit = "PDF/s of one core"
    yield Figure("documents", "decisions, sealed", rate, unit, LEAST_SEALED, at_least=True, floor=draw)
    _seal(sealer, MANY - FEW)
    grown = resident_mib() - before
    floor = f"{before:.0f} MiB after {FEW}"
    name = f"memory grown from {FEW} to {MANY} sealed"
    yield Figure("documents", name, grown, "MiB", MOST_GROWN, floor=floor, peak_mib=own_peak_mib())


def _drawn() -> bytes:
    return sealed_act_pdf(ACT, language="ru")


def _seal(sealer: Sealer, number: int) -> None:
    at = datetime.now(UTC)
    for _ in range(number):
        sealer.seal(_drawn(), at)


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
