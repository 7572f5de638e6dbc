"""Receipts and letters on paper."""

import dataclasses
import io
from datetime import datetime, timedelta, timezone

from pypdf import PdfReader

from registry.documents.posted import PostedLetter, posted_letter_pdf
from registry.documents.receipts import Receipt, receipt_pdf

RECEIPT = Receipt(
    reference="К-000123",
    school="Школа № 17",
    notice="Согласие родителя, версия 1.0",
    signer="Иванова М.",
    student="Иванов П.",
    decision="согласие дано",
    time=datetime(2020, 11, 2, 14, 3, 5, tzinfo=timezone(timedelta(hours=10))),
    method="код из письма",
    text_digest="ab" * 32,
    address="https://consents.example.org/verify/ABC",
    withdrawal="в личном кабинете",
    proof="registry-receipt/v1\nconsents.example.org/log/1\nAAAA\n1604289785",
)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf), strict=True).pages)


def test_a_receipt_says_what_when_under_which_number_and_how_to_check_it() -> None:
    text = text_of(receipt_pdf(RECEIPT))
    for said in (
        "К-000123",
        "согласие дано",
        "02.11.2020 14:03:05 UTC+1000",
        "ab" * 20,
        "registry-receipt/v1",
    ):
        assert said in text
    assert "https://consents.example.org/verify/ABC" in text


def test_what_was_not_recorded_is_said_so_and_never_invented() -> None:
    silent = dataclasses.replace(RECEIPT, time=None, method=None, text_digest=None, student=None)
    assert text_of(receipt_pdf(silent)).count("не записано") == 4


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert receipt_pdf(RECEIPT) == receipt_pdf(RECEIPT)


def test_a_letter_on_paper_carries_its_link_to_type() -> None:
    letter = PostedLetter(
        "Школа № 17", "Ивановой М.", "Нужно ваше решение", ("До 11.11.2020.",), "https://a.example/l/x"
    )
    text = text_of(posted_letter_pdf(letter))
    assert "https://a.example/l/x" in text
    assert "До 11.11.2020." in text
