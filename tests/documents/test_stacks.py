"""Scanned stacks are read by a child process: codes found however a sheet lies, and nothing believed."""

from dataclasses import replace

import pikepdf
import pytest

from benchmarks.documents import FORM
from benchmarks.scanning import blank
from benchmarks.stacks import forms_like, read_scans
from registry.documents.scans.looking import look_through
from registry.documents.stacks.binding import bind
from registry.documents.stacks.reading import LIMITS, count_pages, read_part
from registry.errors import InvalidError, TooLargeError
from tests.documents.scans import ACTIVE, WHERE, pdf
from tests.documents.tags import tag

SHEETS = 40


@pytest.mark.proves("S1-14")
def test_scanned_forms_are_matched_and_none_is_matched_wrong() -> None:
    read = read_scans(forms_like(FORM, SHEETS, 7), tag, 7)
    assert read.right >= SHEETS - 1
    assert read.wrong == 0


@pytest.mark.parametrize(
    "data", [b"", b"MZ", b"GIF89a" + bytes(50), b"<html>", b"%PDF-1.7\n", b"\xff\xd8\xff"]
)
def test_what_is_no_stack_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidError):
        count_pages(data)


def test_a_locked_or_too_long_or_too_large_file_is_refused() -> None:
    with pytest.raises(InvalidError) as locked:
        count_pages(pdf(encryption=pikepdf.Encryption(owner="x", user="y")))
    assert locked.value.slug == "stack-locked"
    with pytest.raises(InvalidError) as long:
        count_pages(pdf(pages=3), replace(LIMITS, pages=2))
    assert long.value.slug == "stack-too-many-pages"
    with pytest.raises(TooLargeError):
        count_pages(b"%PDF-" + bytes(100), replace(LIMITS, packed=50))


def test_a_child_that_runs_out_of_memory_is_an_answer_in_words() -> None:
    with pytest.raises(InvalidError) as died:
        read_part(bind([blank(), blank()]), 0, replace(LIMITS, memory=1 << 24))
    assert died.value.slug == "stack-died"


def test_of_an_active_file_only_what_can_be_seen_is_kept() -> None:
    for data in ACTIVE.values():
        for sheet in read_part(data, 0).sheets:
            assert WHERE not in sheet.picture
            assert b"JavaScript" not in sheet.picture
            assert sheet.picture[:3] in {b"", b"\xff\xd8\xff"}


def test_pages_that_are_bound_are_a_scan_like_any_other() -> None:
    bound = bind([blank(), blank()])
    assert bound == bind([blank(), blank()])
    scan = look_through(bound)
    assert (scan.kind, scan.pages) == ("pdf", 2)
    with pytest.raises(InvalidError):
        bind([b"\xff\xd8 no picture"])
