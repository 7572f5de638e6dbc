"""The document of a decision as it is drawn, and letters on paper."""

import dataclasses
import io

import pytest
from pypdf import PdfReader

from registry.documents.fonts import plain
from registry.documents.posted import PostedLetter, posted_letter_pdf
from registry.documents.sealed_acts import Circumstances, SealedAct, Text, sealed_act_pdf, sealed_words
from registry.documents.templates import FOLDER, TemplateKind, load_template
from tests.documents.sealed import ACT

LANGUAGES = sorted(one.name for one in FOLDER.iterdir() if one.is_dir())
HOSTILE = "<b>&amp;</b> (\\) \x00\u202egnp.exe %PDF {code} {code.__class__} \N{PILE OF POO}"


def read(act: SealedAct = ACT, language: str = "ru") -> PdfReader:
    return PdfReader(io.BytesIO(sealed_act_pdf(act, language=language)), strict=True)


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_decision_is_drawn_with_its_text_its_circumstances_and_how_to_check_it() -> None:
    text = text_of(read())
    for said in ("Согласие дано", "Я, Иванова М., даю согласие.", "Иванова Мария", "registry-receipt/v1"):
        assert said in text
    assert "https://consents.example.org/verify/72G4-9JD1" in text
    assert text.count("Код проверки: 72G4-9JD1") == 2 * 3


def test_what_was_not_recorded_is_said_so_and_never_invented() -> None:
    text = text_of(read())
    assert text.count("не записано") == 2
    assert "Сетевой порт не записано" in text


def test_the_same_decision_gives_the_same_bytes() -> None:
    """What is sealed can be made anew, byte by byte."""
    assert sealed_act_pdf(ACT, language="ru") == sealed_act_pdf(ACT, language="ru")


def test_the_document_carries_its_proofs_byte_for_byte_and_says_what_each_file_is() -> None:
    reader = read()
    assert {name: data for name, (data,) in reader.attachments.items()} == {
        "0198.tlog-proof": b"c2sp.org/tlog-proof@v1\n",
        "leaf.json": b'{"v":1}',
        "opening.json": b'{"slot":0}',
        "receipt.txt": ACT.proof.encode(),
    }
    assert {one.subtype for one in reader.attachment_list} == {"/application/json", "/text/plain"}
    assert "leaf.json: запись журнала" in text_of(reader)


def test_whatever_people_are_called_stays_plain_text() -> None:
    hostile = dataclasses.replace(
        ACT,
        school=HOSTILE,
        headline=HOSTILE,
        summary=(("signer", HOSTILE),),
        text=Text("text", (HOSTILE, HOSTILE * 40)),
        circumstances=(Circumstances(HOSTILE, ((HOSTILE, HOSTILE),)),),
    )
    reader = read(hostile)
    assert "<b>&amp;</b> (\\)" in text_of(reader)
    assert set(reader.trailer["/Root"]) == {"/Lang", "/Names", "/PageMode", "/Pages", "/Type"}  # type: ignore[arg-type]
    assert not [page for page in reader.pages if "/Annots" in page or "/AA" in page]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(TemplateKind))
def test_the_typeface_has_every_letter_of_every_language(kind: TemplateKind, language: str) -> None:
    for said in load_template(kind, language).words.values():
        assert plain(said) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_is_drawn_in_the_language_in_which_it_was_made(language: str) -> None:
    text = text_of(read(language=language))
    assert sealed_words(language).say("evidence") in text
    assert sealed_words(language).say("not_recorded") in text


def test_a_letter_on_paper_carries_its_link_to_type() -> None:
    letter = PostedLetter(
        "Школа № 17", "Ивановой М.", "Нужно ваше решение", ("До 11.11.2020.",), "https://a.example/l/x"
    )
    text = text_of(PdfReader(io.BytesIO(posted_letter_pdf(letter)), strict=True))
    assert "https://a.example/l/x" in text
    assert "До 11.11.2020." in text
