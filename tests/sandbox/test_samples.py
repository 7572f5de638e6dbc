"""Invented schools: what a list may say, every number its own, the same seed the same files."""

import hashlib
from datetime import date
from math import gcd
from pathlib import Path

import pytest

from registry.cli import main
from registry.people.rosters.reader import read_workbook
from registry.people.rosters.review import Review, make_review
from registry.sandbox.sample import numbers
from registry.sandbox.sample.families import GRADES, Inventor, Pupil

ON = date(2020, 11, 2)
STUDENTS = 600


def make(folder: Path, *more: str, students: int = STUDENTS, schools: int = 2) -> int:
    counts = ["--students", str(students), "--schools", str(schools)]
    return main(["samples", "make", *counts, "--out", str(folder), *more])


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def review(file: Path) -> Review:
    return make_review(read_workbook(file.read_bytes()), ON)


@pytest.fixture(scope="module")
def pupils() -> list[Pupil]:
    return list(Inventor(5).pupils(3_000))


def test_a_sample_is_reviewed_without_an_error_and_has_all_students(tmp_path: Path):
    assert make(tmp_path / "out") == 0
    found = [review(file) for file in sorted((tmp_path / "out").iterdir())]
    assert [len(one.rows) for one in found] == [STUDENTS / 2, STUDENTS / 2]
    for one in found:
        assert (one.counts["error"], one.counts["incomplete"], one.counts["ok"]) == (0, 0, STUDENTS / 2)
        assert not one.unread_sheets
        assert len({str(row.class_name) for row in one.rows}) > len(GRADES)


def test_an_uneven_number_of_students_is_spread_to_the_last_one(tmp_path: Path):
    assert make(tmp_path / "out", students=7, schools=3) == 0
    assert [len(review(file).rows) for file in sorted((tmp_path / "out").iterdir())] == [3, 2, 2]


def test_the_same_seed_gives_the_same_files_and_another_gives_others(tmp_path: Path):
    for name, seed in (("one", "1"), ("again", "1"), ("other", "2")):
        assert make(tmp_path / name, "--seed", seed, students=40) == 0
    assert digests(tmp_path / "one") == digests(tmp_path / "again")
    assert not set(digests(tmp_path / "one").values()) & set(digests(tmp_path / "other").values())


def test_no_two_people_of_a_sample_share_a_number_or_an_address(pupils: list[Pupil]):
    people = {
        id(one): one for pupil in pupils for one in (pupil.person, *(who for _, who in pupil.guardians))
    }
    for field in ("snils", "phone", "email"):
        assert len({person.cell(field).casefold() for person in people.values()}) == len(people)
    assert {person.email.partition("@")[2] for person in people.values()} == {
        "example.org",
        "example.com",
        "example.net",
    }


def test_numbers_repeat_only_after_every_one_was_given():
    for span in (numbers.SNILS, numbers.PHONES):
        assert gcd(numbers.STEP, len(span)) == 1


def test_a_sample_has_what_lists_of_schools_have(pupils: list[Pupil]):
    people = [pupil.person for pupil in pupils]
    of_guardian = [id(who) for pupil in pupils for _, who in pupil.guardians]
    assert len(set(of_guardian)) < len(of_guardian), "brothers and sisters share a parent"
    assert any("-" in person.last_name for person in people)
    assert any(not person.middle_name for person in people)
    assert any("ё" in person.last_name for person in people)
    assert {len(pupil.guardians) for pupil in pupils} == {1, 2}
    assert {pupil.grade for pupil in pupils} == set(GRADES)


@pytest.mark.parametrize(
    ("students", "schools", "word"),
    [
        (0, 1, "--students"),
        (-5, 1, "--students"),
        (2, 3, "--students"),
        (5, 0, "--schools"),
        (30_001, 1, "30000"),
    ],
)
def test_impossible_numbers_are_refused_in_words_and_leave_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], students: int, schools: int, word: str
):
    assert make(tmp_path / "out", students=students, schools=schools) == 1
    assert word in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine.txt").write_text("mine")
    assert make(tmp_path, students=2) == 1
    assert "не пуста" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert make(tmp_path / "file", students=2) == 1
    assert "нельзя создать или открыть" in capsys.readouterr().err
