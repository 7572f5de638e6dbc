"""What is wrong with a definition, said so that its author can find the place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.errors import N_

_ARRAY_ITEM = re.compile(r"^(?P<name>\w+)\[(?P<number>\d+)\]$")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the key, the reason (a text of the catalogue with its values) and the line if known."""

    key: str
    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    line: int | None = None

    def words(self) -> str:
        """The whole finding in the source language, for a log or a refused start."""
        named = {"line": self.line, "key": self.key}
        place = N_("строка %(line)s, %(key)s") % named if self.line else self.key
        return f"{place}: {self.text % self.values}"


def unknown_state(key: str, state: str) -> Finding:
    """The finding that a key names a state that there is not."""
    return Finding(key, N_("состояния «%(state)s» нет"), {"state": state})


def line_of(text: str, key: str) -> int | None:
    """The line on which a key's table, or better the key itself, begins; None when it is not found.

    It looks for plain `[table.name]`, `[[table]]` and `key =` lines, as the shipped files are written;
    a definition that is laid out otherwise only loses the number.
    """
    lines = text.split("\n")
    found = None
    start = 0
    parts = key.split(".")
    for depth in range(len(parts), 0, -1):
        header = _header(lines, parts[:depth])
        if header is not None:
            found, start, parts = header, header, parts[depth:]
            break
    if not parts:
        return found
    return _key_line(lines[start:], parts[0], start) or found


def _header(lines: list[str], parts: list[str]) -> int | None:
    item = _ARRAY_ITEM.match(parts[-1])
    wanted, nth = f"[{'.'.join(parts)}]", 0
    if item:
        wanted, nth = f"[[{item['name']}]]", int(item["number"])
    places = [number for number, line in enumerate(lines, 1) if line.partition("#")[0].strip() == wanted]
    return places[nth] if nth < len(places) else None


def _key_line(lines: list[str], name: str, offset: int) -> int | None:
    pattern = re.compile(rf'\s*"?{re.escape(name)}"?\s*[=.]')
    for number, line in enumerate(lines, offset + 1):
        if line.startswith("["):
            return None
        if pattern.match(line):
            return number
    return None
