import argparse
import contextlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.people.commands import add_commands
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import make_review
from tests.people.books import CLEAN, HEADER
from tests.people.forms import FORMS

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "class-9B-messy.expected.json").read_text())


Messy = list[dict[str, Any]]


def review_by_command(*arguments: object):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    said = parser.parse_args(["roster", "review", *arguments])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert said.command(said, {}) == 0
    return out.getvalue()


@pytest.fixture(scope="module")
def messy():
    text = review_by_command(str(SAMPLES / "class-9B-messy.xlsx"), "--on", EXPECTED["on"], "--json")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("expected", EXPECTED["expected"], ids=lambda one: f"row {one['row']}")
def test_every_row_of_the_messy_class_is_understood_as_expected(messy: Messy, expected: dict[str, str]):
    found = [one for one in messy if one["row"] == expected["row"]]
    assert (expected["level"], expected["field"]) in {(one["level"], one["field"]) for one in found}
    weight = ["ok", "warning", "incomplete", "error"].index
    assert max((one["level"] for one in found), key=weight) == expected["level"]
    assert {one["sheet"] for one in found} == {EXPECTED["sheet"]}


def test_only_rows_of_people_are_reported(messy: Messy):
    assert {one["row"] for one in messy} == {one["row"] for one in EXPECTED["expected"]}


def test_repaired_values_are_shown_as_typed_and_as_understood(messy: Messy):
    shown = {(one["row"], one["field"]): (one["typed"], one["understood"]) for one in messy}
    assert shown[5, "student.snils"] == ("06364878700", "063-648-787 00")
    assert shown[6, "student.phone"] == ("8 (915) 128-94-13", "+79151289413")
    assert shown[26, "guardian.relation"][1] == "опекун; постановление № 114 от 03.02.2015"


def test_the_table_for_people_puts_errors_first():
    lines = review_by_command(str(SAMPLES / "class-9B-messy.xlsx"), "--on", "2020-11-02").splitlines()
    assert lines[0].startswith("rows: 24")
    assert lines[1].startswith("error")


@pytest.mark.parametrize("form", ["ods", "text cp1251 semicolon as needed"])
def test_a_list_in_another_form_is_reviewed_from_the_terminal_too(tmp_path: Path, form: str):
    file = tmp_path / "9Б.csv"
    file.write_bytes(FORMS[form]([HEADER, CLEAN]))
    lines = review_by_command(str(file), "--on", "2020-11-02").splitlines()
    assert lines[0].startswith("rows: 1, ok: 1,")


def test_a_whole_school_is_clean_and_its_siblings_are_linked():
    found = make_review(read_workbook((SAMPLES / "school-17.xlsx").read_bytes()), date(2020, 11, 2))
    assert found.counts["ok"] == found.counts["rows"] == 749
    assert len({str(row.class_name) for row in found.rows}) == 29
    guardians = {}
    for row in found.rows:
        for person in row.people[1:]:
            guardians.setdefault(person.identity, set()).add(row.people[0].identity)
    assert len(guardians) == 700
    assert sum(len(children) > 1 for children in guardians.values()) == 43
