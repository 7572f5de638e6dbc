"""The list of security requirements (docs/security/asvs.csv): whole, and naming tests that there are."""

import ast
import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import pytest

from tests.guards.source import ROOT

LIST = ROOT / "docs/security/asvs.csv"
OPEN = ROOT / "docs/security/asvs-open.md"
LEVELS = ROOT / "tests/vectors/asvs-levels.json"
COLUMNS = ["id", "level", "applies", "why_not", "control", "tests", "evidence"]
WAITING: frozenset[str] = frozenset()
"""Requirements of the first level whose control is being built; proved ones may not stand here."""
FEWEST_OF_LEVEL_2 = 80
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement as the list has it."""

    id: str
    level: str
    applies: bool
    why_not: str
    control: tuple[str, ...]
    tests: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether a test proves it, or evidence where none can."""
        return bool(self.tests or self.evidence)


def split(said: str) -> tuple[str, ...]:
    return tuple(said.replace(";", " ").split())


@cache
def rows() -> tuple[Row, ...]:
    with LIST.open(newline="") as file:
        found = csv.DictReader(file)
        assert found.fieldnames == COLUMNS
        return tuple(
            Row(
                one["id"],
                one["level"],
                {"yes": True, "no": False}[one["applies"]],
                one["why_not"].strip(),
                *(split(one[name]) for name in ("control", "tests", "evidence")),
            )
            for one in found
        )


@cache
def names_in(path: str) -> frozenset[str]:
    """Read the names of a file's tests without running it; of a class too."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def is_there(name: str) -> bool:
    path, _, test = name.partition("::")
    return path.startswith("tests/") and (ROOT / path).is_file() and test in names_in(path)


def test_the_list_has_every_requirement_once_with_its_level() -> None:
    known = json.loads(LEVELS.read_text())
    assert len(rows()) == 345
    assert {row.id: row.level for row in rows()} == known
    assert Counter(known.values()) == {"1": 70, "2": 183, "3": 92}


def test_what_does_not_apply_says_why_and_nothing_else() -> None:
    for row in rows():
        if row.applies:
            assert not row.why_not, row.id
        else:
            assert len(row.why_not) >= SHORTEST_REASON, row.id
            assert (row.control, row.tests, row.evidence) == ((), (), ()), row.id


def test_every_named_test_is_there() -> None:
    assert {f"{row.id} {name}" for row in rows() for name in row.tests if not is_there(name)} == set()


def test_every_named_place_is_there() -> None:
    named = {(row.id, path) for row in rows() for path in row.control + row.evidence}
    assert {f"{one} {path}" for one, path in named if not (ROOT / path.partition("#")[0]).exists()} == set()


def test_nothing_of_the_first_level_is_bare() -> None:
    bare = {row.id for row in rows() if row.applies and row.level == "1" and not row.proved}
    assert bare == WAITING
    controlled = {row.id for row in rows() if row.level == "1" and row.proved and not row.control}
    assert not {one for one in controlled if not by_id(one).evidence}


def by_id(wanted: str) -> Row:
    return next(row for row in rows() if row.id == wanted)


def test_what_is_open_is_told_with_what_is_missing() -> None:
    """The page of what is open has a line for each requirement that nothing proves, and for no other."""
    told = {line.split("|")[1].strip() for line in OPEN.read_text().splitlines() if line.startswith("| V")}
    assert told == {row.id for row in rows() if row.applies and not row.proved}


def test_enough_of_the_second_level_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Counter((row.level, row.proved) for row in rows() if row.applies)
    with capsys.disabled():
        for level in "123":
            proved, missing = counted[level, True], counted[level, False]
            print(f"\nASVS level {level}: {proved} of {proved + missing} applicable proved", end="")  # noqa: T201
    assert counted["2", True] >= FEWEST_OF_LEVEL_2


def test_the_threat_model_speaks_of_every_threat_and_names_what_there_is() -> None:
    """Each of the twenty has a row with a test; every path in it and in the page of measures is there."""
    model, measures = (ROOT / f"docs/security/{name}.md" for name in ("threat-model", "measures"))
    said = model.read_text()
    rows = {line.split("|")[1].strip(): line for line in said.splitlines() if re.match(r"\| T\d+ ", line)}
    assert list(rows) == [f"T{number}" for number in range(1, 21)]
    named = {row: re.findall(r"`(tests/[^`]+::[^`]+)`", line) for row, line in rows.items()}
    assert [row for row, names in named.items() if not names or not all(map(is_there, names))] == []
    paths = re.findall(r"`((?:registry|tests|docs)/[\w./-]+)`", said + measures.read_text())
    assert [path for path in paths if not (ROOT / path).exists()] == []
