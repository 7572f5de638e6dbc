"""Forms on paper: what stands on them, and that no value can do harm."""

import io
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from registry.documents.blocks import Block, BlockKind, Gap, Run, heading, paragraph
from registry.documents.marks import readable_code
from registry.documents.paper import Asked, Form, printable_forms
from registry.errors import InvalidError
from tests.documents.tags import tag

CONSENT = UUID("01932b3e-7c00-7000-8000-0123456789ab")
HOSTILE = [
    '<img src="file:///etc/passwd">',
    "<b>не разметка</b> &amp; <para>",
    "=1+1",
    "\x00\x07 нулевой",
    "\u202eперевёрнуто\u200f",
    "😀👩\u200d👩\u200d👧",
    "\ud800",
    "%(name)s {name} {0.__class__}",
    "и\u0306 е\u0308",
    "",
]


def form(*blocks: Block, **others: object) -> Form:
    values: dict[str, object] = {
        "consent": CONSENT,
        "version": "1.0",
        "school": "Школа № 17",
        "sorting": "7А · Иванов П.",
        "blocks": blocks or (heading("Согласие"), paragraph(Run("Цель", bold=True), ": учёба")),
    }
    return Form(**(values | others))


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    found = {}
    for page in read(pdf).pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            found[font["/BaseFont"]] = "/FontFile2" in font["/FontDescriptor"].get_object()
    return found


def test_a_form_says_the_text_the_code_and_the_page() -> None:
    text = text_of(printable_forms([form()], tag))
    for said in (
        "Согласие",
        "Цель: учёба",
        "Школа № 17",
        "7А · Иванов П.",
        "стр. 1 из 1",
        "версия текста 1.0",
    ):
        assert said in text
    assert readable_code(CONSENT) in text
    for said in ("даю согласие", "не даю согласие", "дата", "подпись", "фамилия и инициалы"):
        assert said in text


def test_the_same_forms_give_the_same_bytes() -> None:
    assert printable_forms([form(), form()], tag) == printable_forms([form(), form()], tag)


def test_only_embedded_fonts_are_used() -> None:
    fonts = fonts_of(printable_forms([form()], tag))
    assert fonts
    assert all(fonts.values())
    assert all("PTSans" in name for name in fonts)


def test_each_form_begins_on_a_page_of_its_own_and_counts_its_own_pages() -> None:
    long = paragraph("слово " * 3000)
    pages = [page.extract_text() for page in read(printable_forms([form(long), form()], tag)).pages]
    count = len(pages) - 1
    assert count > 1
    assert f"стр. 1 из {count}" in pages[0]
    assert "стр. 1 из 1" in pages[-1]


def test_a_missing_value_leaves_a_line_to_write_on() -> None:
    known = printable_forms([form(asked=(Asked("Телефон", "+7 914 000-00-00"),))], tag)
    missing = printable_forms([form(asked=(Asked("Телефон", None), Asked("Почта", " ")))], tag)
    assert "+7 914 000-00-00" in text_of(known)
    assert read(missing).pages[0].get_contents().get_data().count(b" l ") > read(known).pages[
        0
    ].get_contents().get_data().count(b" l ")


def test_a_long_gap_goes_on_over_several_lines() -> None:
    short = read(printable_forms([form(paragraph("Адрес: ", Gap(10), ", верно"))], tag))
    long = read(printable_forms([form(paragraph("Адрес: ", Gap(150), ", верно"))], tag))
    drawn = [one.pages[0].get_contents().get_data().count(b" l ") for one in (short, long)]
    assert drawn[1] >= drawn[0] + 2


def test_the_place_for_the_signature_is_where_the_notice_puts_it_and_only_once() -> None:
    blocks = (
        heading("Согласие"),
        Block(BlockKind.SIGNATURE),
        Block(BlockKind.SIGNATURE),
        paragraph("Приложение"),
    )
    text = text_of(printable_forms([form(*blocks)], tag))
    assert text.count("не даю согласие") == 1
    assert text.index("не даю согласие") < text.index("Приложение")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_text(value: str) -> None:
    pdf = printable_forms(
        [form(heading(value), paragraph(value), school=value, sorting=value, asked=(Asked(value, value),))],
        tag,
    )
    assert all("/XObject" not in page["/Resources"] and "/Annots" not in page for page in read(pdf).pages)
    assert b"/JavaScript" not in pdf
    assert b"root:" not in pdf
    assert len(read(pdf).pages) == 1


def test_markup_is_printed_as_it_was_written() -> None:
    assert '<img src="file:///etc/passwd">' in text_of(printable_forms([form(paragraph(HOSTILE[0]))], tag))


def test_letters_without_a_picture_are_shown_as_a_question_mark_and_marks_of_direction_go() -> None:
    assert "Иван ? йё абв" in text_of(
        printable_forms([form(paragraph("Иван 😀 и\u0306е\u0308 \u202eа\x00бв"))], tag)
    )


def test_a_hundred_kilobytes_in_one_word_are_printed_without_harm() -> None:
    pdf = printable_forms([form(paragraph("Ж" * 50_000), school="Ж" * 50_000, sorting="Ж" * 50_000)], tag)
    assert text_of(pdf).count("Ж") >= 50_000


def test_nothing_to_print_is_said() -> None:
    with pytest.raises(InvalidError):
        printable_forms([], tag)


def test_a_version_that_no_square_code_can_hold_is_refused() -> None:
    with pytest.raises(InvalidError):
        printable_forms([form(version="версия 1")], tag)


@given(st.text(max_size=300), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_any_text_and_any_gap_make_a_readable_file(text: str, letters: int) -> None:
    pdf = printable_forms([form(paragraph(text, Gap(letters), text, Run(text, bold=True)))], tag)
    assert len(read(pdf).pages) >= 1
