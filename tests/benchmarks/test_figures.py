"""The benchmarks tell their figures in one form, and fail where a limit is missed."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from benchmarks.__main__ import GROUPS, main, tell
from benchmarks.consents.scans import full_scans
from benchmarks.figure import Figure
from registry.trail.models import trail_event, trail_object
from registry.work import Registry
from tests.guards.source import ROOT

ORDERED = {
    "people",
    "submissions",
    "consents",
    "workflows",
    "access",
    "documents",
    "exchange",
    "pages",
    "trail",
}
HELD = Figure("trail", "a proof", 1.5, "ms", 20, floor="a bare read 0.1 ms", peak_mib=40.0)
MISSED = Figure("people", "rows read", 3.0, "rows/s", 4, at_least=True)


def test_an_object_has_the_fields_that_were_ordered_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell([HELD, MISSED], as_json=True) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "group": "trail",
        "name": "a proof",
        "value": 1.5,
        "unit": "ms",
        "limit": 20,
        "ok": True,
        "floor": "a bare read 0.1 ms",
        "peak_mib": 40.0,
    }
    assert list(second) == list(first)
    assert (second["ok"], second["peak_mib"]) == (False, None)


@pytest.mark.parametrize("as_json", [True, False], ids=["objects", "table"])
def test_a_missed_limit_alone_fails(*, as_json: bool) -> None:
    assert tell([HELD], as_json=as_json) == 0
    assert tell([HELD, MISSED], as_json=as_json) == 1


def test_without_json_a_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tell([HELD, MISSED], as_json=False)
    said = capsys.readouterr()
    assert "a bare read 0.1 ms" in said.out
    assert ">= 4" in said.out
    assert "MISSED" in said.out
    assert "rows read: 3 rows/s MISSED" in said.err


def test_an_unknown_group_is_told_with_the_known_ones() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=ROOT,
        env={**os.environ, "ONLY": "weather"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert all(group in said.stderr for group in GROUPS)


def test_a_group_without_figures_says_so_and_prints_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"ONLY": "exchange"}) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "exchange: there are no figures yet" in said.err


def test_every_group_of_the_order_is_offered() -> None:
    assert set(GROUPS) >= ORDERED


def test_a_table_that_is_read_whole_is_counted(registry: Registry) -> None:
    def act() -> None:
        with registry.engine.begin() as connection:
            connection.execute(select(trail_event.c.leaf)).all()

    assert full_scans(registry.engine, [trail_event], act)[0] == 1
    assert full_scans(registry.engine, [trail_object], act)[0] == 0
