"""A production calendar that ends soon is told before deadlines stand still, with the file to add to."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.config import Settings, load_settings
from registry.soundness.calendars import calendar_warning
from registry.workflows.calendars import own_file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"REGISTRY_HOME": str(tmp_path)})


def test_three_months_before_the_last_year_ends_the_next_one_is_asked_for(settings: Settings):
    assert calendar_warning(settings, date(2026, 9, 30)) is None
    said = calendar_warning(settings, date(2026, 10, 1))
    assert said is not None
    assert "нет 2027 года" in said
    assert str(own_file("ru", settings.home)) in said


def test_a_year_that_an_administrator_added_is_enough(settings: Settings):
    own = own_file("bg", settings.home)
    own.parent.mkdir()
    own.write_text('[2027]\nsource = "закон"\ncount = 261\noff = []\nwork = []\n', "utf-8")
    bulgarian = replace(settings, calendar="bg")
    assert calendar_warning(bulgarian, date(2026, 12, 31)) is None
    own.write_text("[2027]\n", "utf-8")
    said = calendar_warning(bulgarian, date(2020, 1, 1))
    assert said is not None
    assert "2027.source" in said
