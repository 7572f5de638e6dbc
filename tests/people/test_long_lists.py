"""A list of many rows goes its way in parts, and every row arrives."""

import gc
from collections.abc import Sequence
from datetime import date

import pytest

from registry.people.models import finding
from registry.people.rosters.findings import Level
from registry.people.rosters.keeping import read_drafts, write_drafts
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import draft_rows
from registry.people.usecases import storing, tying
from registry.storage import collector
from registry.storage.queries import batched
from tests.people.books import book
from tests.people.conftest import Office
from tests.people.test_hostile_files import ROOT

ON = date(2020, 11, 2)
HEADER = ["Фамилия", "Имя", "Телефон", "E-mail", "Фамилия матери", "Имя матери", "Телефон матери"]


def families(count: int) -> list[Sequence[object]]:
    letters = "АБВГДЕЖИК"
    return [
        (
            f"{one}ов",
            "Иван",
            f"+791600000{n:02d}",
            f"s{n}@example.org",
            f"{one}ова",
            "Анна",
            f"+792600000{n:02d}",
        )
        for n, one in enumerate(letters[:count])
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_list_longer_than_a_round_of_statements_is_stored_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch, size: int
):
    monkeypatch.setattr(storing, "AT_ONCE", size)
    monkeypatch.setattr(tying, "AT_ONCE", size)
    monkeypatch.setattr(finding, "_AT_ONCE", size)
    data = book(**{"9Б": [HEADER, *families(7)]})
    office.approve(data)
    stored = {
        (one.student.last_name, one.student.phone.value, one.guardians[0].person.phone.value)
        for one in office.families()
    }
    assert stored == {(last, phone, other) for last, _, phone, _, _, _, other in families(7)}
    again = office.review(office.upload(data)).review
    assert again.counts["same"] == again.counts["rows"] == 7


def test_a_number_that_somebody_holds_is_found_in_whatever_part_it_is_asked(
    offices: list[Office], monkeypatch: pytest.MonkeyPatch
):
    offices[0].approve(book(**{"9Б": [HEADER, *families(7)]}))
    monkeypatch.setattr(finding, "_AT_ONCE", 2)
    other = [(f"Другой{one[0].lower()}", *one[1:]) for one in families(7)]
    found = offices[1].review(offices[1].upload(book(**{"9А": [HEADER, *other]}))).review
    taken = [(one.row, one.code) for one in found.findings if one.level is Level.ERROR]
    assert {(row, "phone-taken") for row in range(2, 9)} <= set(taken)


def test_what_is_kept_of_a_list_reads_back_the_same():
    sheets = read_workbook((ROOT / "samples" / "class-9B-messy.xlsx").read_bytes())
    layout, rows = draft_rows(sheets, ON)
    assert any(one.values for row in rows for one in row.findings)
    assert read_drafts(write_drafts(layout, rows, ON)) == (layout, rows, ON)


def test_many_values_are_given_in_parts_in_their_order():
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []


def test_the_collector_works_again_after_its_rest_whatever_happened():
    def fail() -> None:
        with collector.at_rest():
            assert not gc.isenabled()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert gc.isenabled()
