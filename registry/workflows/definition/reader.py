"""Typed ways to take a value out of a parsed TOML table; what does not fit becomes a finding."""

import re
from collections.abc import Collection, Mapping

from registry.errors import N_
from registry.workflows.definition.findings import Finding
from registry.workflows.definition.shape import Span, Unit

NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
OWNED_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,63}")
LONGEST_TEXT = 200
MOST_NAMES = 50
LONGEST_SPAN = {Unit.HOURS: 24 * 366, Unit.DAYS: 3660, Unit.WORKING_DAYS: 500}
SPAN = re.compile(r"([0-9]{1,5}) (hours?|days?|working days?)")


class Reader:
    """Gathers the findings of one reading, so that an author sees all faults at once.

    Each method takes a raw value with its key and gives a value of the right type, or a harmless
    stand-in after noting a finding; whoever reads must ask for the findings at the end.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def refuse(self, key: str, text: str, **values: str | int) -> None:
        """Note a fault."""
        self.findings.append(Finding(key, text, values))

    def table(self, value: object, key: str, known: Collection[str]) -> Mapping[str, object]:
        """A table whose keys are all known."""
        table = self.open_table(value, key)
        for name in table:
            if name not in known:
                self.refuse(_join(key, name), N_("такого ключа нет; есть: %(known)s"), known=", ".join(known))
        return table

    def open_table(self, value: object, key: str) -> Mapping[str, object]:
        """A table whose keys are names given by the author."""
        if isinstance(value, dict):
            return value
        self.refuse(key, N_("нужна таблица ключей и значений"))
        return {}

    def name(self, value: object, key: str, pattern: re.Pattern[str] = NAME) -> str:
        """One name in small Latin letters."""
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        if pattern is OWNED_NAME:
            self.refuse(key, N_("нужно имя вида «комната.действие» строчными латинскими буквами"))
        else:
            self.refuse(key, N_("нужно имя строчными латинскими буквами, не длиннее 64 знаков"))
        return ""

    def optional_name(self, value: object, key: str, pattern: re.Pattern[str] = NAME) -> str | None:
        """One name, or nothing where the key is absent."""
        return None if value is None else self.name(value, key, pattern)

    def names(self, value: object, key: str, pattern: re.Pattern[str] = NAME) -> tuple[str, ...]:
        """A list of names without repetition; nothing where the key is absent."""
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_NAMES:
            self.refuse(key, N_("нужен список имён, не длиннее %(most)s"), most=MOST_NAMES)
            return ()
        names = tuple(self.name(one, key, pattern) for one in value)
        if len(set(names)) != len(names):
            self.refuse(key, N_("имя в списке повторяется"))
        return names

    def texts(self, value: object, key: str, languages: tuple[str, ...]) -> dict[str, str]:
        """A text in each language of the definition."""
        table = self.table(value, key, languages)
        for language in languages:
            if language not in table:
                self.refuse(_join(key, language), N_("нет текста на этом языке"))
        return {name: self._text(text, _join(key, name)) for name, text in table.items()}

    def _text(self, value: object, key: str) -> str:
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= LONGEST_TEXT:
            return value
        self.refuse(key, N_("нужен текст в одну строку, от 1 до %(most)s знаков"), most=LONGEST_TEXT)
        return ""

    def span(self, value: object, key: str) -> Span | None:
        """A length of time as `"3 days"` or `"48 hours"`; nothing where the key is absent."""
        if value is None:
            return None
        found = SPAN.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.refuse(key, N_("нужен срок вида «3 days», «10 working days» или «48 hours»"))
            return None
        return self._sane(Span(int(found[1]), Unit(found[2].rstrip("s") + "s")), key)

    def _sane(self, span: Span, key: str) -> Span:
        most = LONGEST_SPAN[span.unit]
        if not 0 < span.count <= most:
            self.refuse(key, N_("срок должен быть от 1 до %(most)s"), most=most)
        return span

    def whole(self, value: object, key: str, most: int) -> int:
        """A whole number from 1."""
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self.refuse(key, N_("нужно целое число от 1 до %(most)s"), most=most)
        return 1

    def optional_whole(self, value: object, key: str, most: int) -> int | None:
        """A whole number from 1, or nothing where the key is absent."""
        return None if value is None else self.whole(value, key, most)

    def flag(self, value: object, key: str) -> bool:
        """True or false; false where the key is absent."""
        if value is None or isinstance(value, bool):
            return bool(value)
        self.refuse(key, N_("нужно true или false"))
        return False


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
