"""What a review says about one field of one row."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.errors import RegistryError


class Level(StrEnum):
    """How much a finding weighs: an error keeps its row out, incomplete keeps its student open."""

    OK = "ok"
    WARNING = "warning"
    INCOMPLETE = "incomplete"
    ERROR = "error"


WEIGHTS = {level: weight for weight, level in enumerate(Level)}
_NO_VALUES: Mapping[str, object] = MappingProxyType({})  # one for all: a long list has many findings


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: where, how bad, in what words; `typed` and `understood` show the value before and after."""

    sheet: str
    row: int
    level: Level
    field: str
    code: str
    text: str
    typed: str = ""
    understood: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=lambda: _NO_VALUES)

    @property
    def words(self) -> str:
        """The text in Russian with its places filled."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a sheet, for making findings about it."""

    sheet: str
    row: int

    def found(self, level: Level, about: str, code: str, text: str, **shown: str) -> Finding:
        """Say something about a field; `typed` and `understood` may be given."""
        typed, understood = shown.get("typed", ""), shown.get("understood", "")
        return Finding(self.sheet, self.row, level, about, code, text, typed, understood)

    def refused(self, about: str, error: RegistryError, typed: str) -> Finding:
        """Say that a value was refused, in the words of the rule that refused it."""
        return Finding(
            self.sheet, self.row, Level.ERROR, about, error.slug, error.text, typed, values=error.values
        )


def worst(findings: tuple[Finding, ...]) -> Level:
    """The level of a row: that of its worst finding."""
    return max((finding.level for finding in findings), key=WEIGHTS.__getitem__, default=Level.OK)
