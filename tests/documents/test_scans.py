"""Scans of papers: what may be kept of them, and what is refused in words at a small cost."""

import io
import time
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.documents.scans.looking import LIMITS, look_through
from registry.errors import InvalidError, TooLargeError
from tests.documents.scans import ACTIVE, WHERE, acting, jpeg, pdf, png

REFUSED: dict[str, tuple[bytes, str]] = {
    **{name: (data, "scan-active") for name, data in ACTIVE.items()},
    "a locked file": (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "scan-locked"),
    "a file locked without a word": (pdf(encryption=pikepdf.Encryption(owner="a", user="")), "scan-locked"),
    "too many pages": (pdf(pages=LIMITS.pages + 1), "scan-too-many-pages"),
    "half a PDF": (pdf()[:300], "scan-damaged"),
    "no PDF behind its mark": (b"%PDF-1.7\n" + b"x" * 5000, "scan-damaged"),
    "a PDF behind something else": (b"MZ" + pdf(), "scan-not-a-scan"),
    "a picture without end": (jpeg()[:60], "scan-damaged"),
    "a flood of pixels": (jpeg(60_000, 60_000), "scan-too-many-pixels"),
    "a flood of pixels in PNG": (png(1 << 30, 1 << 30), "scan-too-many-pixels"),
    "a picture without area": (png(0, 5), "scan-damaged"),
    "a drawing": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "scan-not-a-scan",
    ),
    "a page": (b"<!doctype html><script>alert(1)</script>", "scan-not-a-scan"),
    "a program": (b"MZ\x90\x00", "scan-not-a-scan"),
    "a packed file": (b"PK\x03\x04", "scan-not-a-scan"),
    "a moving picture": (b"GIF89a", "scan-not-a-scan"),
    "nothing": (b"", "scan-not-a-scan"),
}
REFUSED_WITHIN_S = 2.0
WAITS_FOR_OTHERS = 5.0
"""So much longer a busy machine may take than one that does nothing else."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_scan_is_refused_in_words_at_a_small_cost(name: str) -> None:
    data, code = REFUSED[name]
    begun = time.perf_counter()
    with pytest.raises(InvalidError) as refused:
        look_through(data)
    assert time.perf_counter() - begun < REFUSED_WITHIN_S * WAITS_FOR_OTHERS
    assert refused.value.slug == code
    assert refused.value.text.endswith(".")


@pytest.mark.parametrize(("made", "kind"), [(pdf(), "pdf"), (jpeg(), "jpeg"), (png(), "png")])
def test_a_scan_is_kept_without_what_tells_more_than_its_pages(made: bytes, kind: str) -> None:
    """No author, no place, no preview, nothing behind its end; looked through again it is the same."""
    assert WHERE in made
    scan = look_through(made)
    assert (scan.kind, scan.pages) == (kind, 1)
    assert WHERE not in scan.data
    assert b"Exif" not in scan.data
    assert look_through(scan.data).data == scan.data or kind == "pdf"
    assert look_through(made) == scan


def test_the_pages_of_a_stripped_scan_are_those_that_were_scanned() -> None:
    scan = look_through(pdf(pages=3))
    assert scan.pages == 3
    with pikepdf.open(io.BytesIO(scan.data)) as opened:
        assert len(opened.pages) == 3
        assert [page.Contents.read_bytes() for page in opened.pages] == [
            b"q 595 0 0 842 0 0 cm /Im0 Do Q"
        ] * 3
        assert opened.pages[0].Resources.XObject.Im0.read_raw_bytes() == jpeg(told=False)
        assert "/Metadata" not in opened.Root
        assert "/Info" not in opened.trailer


def test_a_scan_that_opens_at_a_page_is_a_scan() -> None:
    """Scanners write so; only what acts is refused."""
    made = pdf(acting(S=pikepdf.Name.GoTo, D="first"))
    assert look_through(made).pages == 1


def test_a_stripped_picture_is_what_a_camera_without_words_makes() -> None:
    assert look_through(jpeg()).data == jpeg(told=False)
    assert look_through(png()).data == png(told=False)


def test_what_a_file_hides_in_depth_costs_the_child_and_not_us() -> None:
    deep = (
        b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"]" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(InvalidError) as refused:
        look_through(deep)
    assert refused.value.slug in {"scan-damaged", "scan-died", "scan-too-complex"}


def test_a_child_without_memory_time_or_room_is_an_answer_in_words() -> None:
    large = pdf() + b"\n%" + b"x" * (8 << 20)
    with pytest.raises(InvalidError) as refused:
        look_through(large, replace(LIMITS, memory=32 << 20))
    assert refused.value.slug == "scan-died"
    with pytest.raises(InvalidError) as refused:
        look_through(pdf(pages=3), replace(LIMITS, objects=5))
    assert refused.value.slug == "scan-too-complex"
    with pytest.raises(TooLargeError):
        look_through(b"x" * 11, replace(LIMITS, packed=10))


@given(st.sampled_from([pdf(), jpeg(), png()]), st.data())
def test_a_scan_damaged_anywhere_is_kept_stripped_or_refused_in_words(
    whole: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    sign = data.draw(st.integers(0, 255))
    cut = data.draw(st.booleans())
    changed = whole[:place] if cut else whole[:place] + bytes([sign]) + whole[place + 1 :]
    assert outcome(changed) in {"pdf", "jpeg", "png", "scan"}


def outcome(data: bytes) -> str:
    """Say what a file was taken for, or that it was refused as a scan is."""
    try:
        return look_through(data).kind
    except InvalidError as refused:
        return refused.slug.partition("-")[0]
