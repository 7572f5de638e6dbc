"""The source as the guards read it: files, and syntax trees of the registry's modules."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the registry: its path from the root of the project, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def functions(self) -> Iterator[Function]:
        """All functions, methods and nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @property
    def calls(self) -> Iterator[ast.Call]:
        """All calls."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    @property
    def imports(self) -> Iterator[str]:
        """Dotted names of all modules that it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module

    @property
    def place(self) -> str:
        """The file's place in the flow: `rules` for `consents/rules.py` and for `consents/rules/ages.py`."""
        parts = self.path.removesuffix(".py").split("/")
        return parts[2] if len(parts) > 2 else parts[-1]


@cache
def modules() -> tuple[Module, ...]:
    """Read every module of the registry once."""
    found = []
    for path in sorted((ROOT / "registry").rglob("*.py")):
        text = path.read_text()
        found.append(Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Give what git tracks, or would if it were added."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(ROOT / name for name in said.stdout.split("\0") if name and (ROOT / name).is_file())


def dotted(node: ast.expr) -> str:
    """Write a called name as it stands in the source: `datetime.now`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
