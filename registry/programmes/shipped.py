"""The definitions that the registry ships: read from its own folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.programmes.definition import named_files, parse_definition
from registry.programmes.rules import Programme

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Shipped:
    """A definition as text: `file` among `texts`, with every notice and clause it names."""

    file: str
    texts: Mapping[str, str]

    def parse(self) -> Programme:
        """Read it.

        Raises:
            DefinitionError: it does not hold.
        """
        return parse_definition(self.file, self.texts)


def shipped_definitions() -> list[Shipped]:
    """Read the definitions of the package, in the order of their names."""
    return [_read(path) for path in sorted((FOLDER / "definitions").glob("*.toml"))]


def _read(path: Path) -> Shipped:
    file = path.relative_to(FOLDER).as_posix()
    text = path.read_text(encoding="utf-8")
    found = {name: FOLDER / name for name in named_files(file, text)}
    beside = {name: one.read_text(encoding="utf-8") for name, one in found.items() if one.is_file()}
    return Shipped(file, {file: text, **beside})
