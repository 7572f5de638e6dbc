"""`python -m scripts.requirements_table`: write into docs/requirements.md which tests prove what.

A test names what it proves: ``@pytest.mark.proves("S1-02")``. The words of a requirement and the place where
it lives are written by hand; the last column is written here.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "requirements.md"
TESTS = ROOT / "tests"
SIZES = {"S0": 25, "S1": 23, "S2": 11, "S3": 15, "S4": 22}
NUMBERS = [f"{name}-{number:02}" for name, size in SIZES.items() for number in range(1, size + 1)]
NOTHING = "not built yet"
ROW = re.compile(r"\| (S\d-\d\d) \| (.+) \| (.+) \| (.+) \|")

Proofs = Mapping[str, Sequence[str]]


def read_proofs() -> Proofs:
    """Collect requirement number -> tests (``tests/room/test_x.py::test_name``) from the tests' sources."""
    proofs = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        for test, number in _marks(ast.parse(path.read_text())):
            proofs[number].append(f"{name}::{test}")
    return proofs


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.proves":
                yield from ((node.name, str(ast.literal_eval(number))) for number in decorator.args)


def with_proofs(page: str, proofs: Proofs) -> str:
    """Give the page with the last column written anew."""
    return ROW.sub(lambda row: f"| {row[1]} | {row[2]} | {row[3]} | {_cell(proofs.get(row[1], ()))} |", page)


def _cell(tests: Sequence[str]) -> str:
    return "<br>".join(f"`{test}`" for test in dict.fromkeys(tests)) or NOTHING


def main() -> int:
    """Write the page; a number that no requirement has is refused."""
    proofs = read_proofs()
    strange = {number: tests for number, tests in proofs.items() if number not in NUMBERS}
    for number, tests in strange.items():
        print(f"{number} is no requirement: {', '.join(tests)}", file=sys.stderr)
    PAGE.write_text(with_proofs(PAGE.read_text(), proofs))
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
