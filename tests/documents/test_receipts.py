"""Receipts and letters on paper."""

import dataclasses
import io
from datetime import datetime, timedelta, timezone

from pypdf import PdfReader

from registry.documents.posted import PostedLetter, posted_letter_pdf
from registry.documents.receipts import Evidence, Receipt, receipt_pdf

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
    evidence=Evidence("0198", b'{"v":1}', b'{"slot":0}', "c2sp.org/tlog-proof@v1\n"),
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


def test_a_receipt_carries_its_evidence_byte_for_byte_and_says_what_each_file_is() -> None:
    reader = PdfReader(io.BytesIO(receipt_pdf(RECEIPT)), strict=True)
    assert {name: data for name, (data,) in reader.attachments.items()} == {
        "0198.tlog-proof": b"c2sp.org/tlog-proof@v1\n",
        "leaf.json": b'{"v":1}',
        "opening.json": b'{"slot":0}',
        "receipt.txt": RECEIPT.proof.encode(),
    }
    assert {one.subtype for one in reader.attachment_list} == {"/application/json", "/text/plain"}
    text = text_of(receipt_pdf(RECEIPT))
    assert "leaf.json: запись журнала" in text
    assert "в копии квитанции" not in text


def test_a_receipt_without_a_proof_yet_says_that_a_later_copy_will_have_it() -> None:
    early = dataclasses.replace(RECEIPT, evidence=dataclasses.replace(RECEIPT.evidence, tlog_proof=None))
    reader = PdfReader(io.BytesIO(receipt_pdf(early)), strict=True)
    assert set(reader.attachments) == {"leaf.json", "opening.json", "receipt.txt"}
    assert "будет в копии квитанции" in text_of(receipt_pdf(early)).replace("\n", " ")


def test_a_letter_on_paper_carries_its_link_to_type() -> None:
    letter = PostedLetter(
        "Школа № 17", "Ивановой М.", "Нужно ваше решение", ("До 11.11.2020.",), "https://a.example/l/x"
    )
    text = text_of(posted_letter_pdf(letter))
    assert "https://a.example/l/x" in text
    assert "До 11.11.2020." in text
