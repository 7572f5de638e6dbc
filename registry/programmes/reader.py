"""A strict reader of definition tables: what is unknown, missing or of a wrong kind is named with its key."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from registry.errors import N_, InvalidError

Choice = TypeVar("Choice", bound=StrEnum)


class DefinitionError(InvalidError):
    """A definition does not hold: `values` have file, key and what the reason needs."""

    code = "definition"

    def __init__(self, text: str, file: str, key: str, values: Mapping[str, object]) -> None:
        super().__init__(text, code=None, fields=None, file=file, key=key, **values)


class Reader:
    """Reads one table of a definition and remembers which keys were asked for.

    Args:
        file: name shown in errors.
        where: dotted path of the table inside the file, empty at the top.
        data: the parsed table.
    """

    def __init__(self, file: str, where: str, data: Mapping[str, Any]) -> None:
        self._file = file
        self._where = where
        self._data = data
        self._asked: set[str] = set()

    def refuse(self, key: str, text: str, **values: object) -> NoReturn:
        """Raise the error of one key."""
        path = ".".join(part for part in (self._where, key) if part)
        raise DefinitionError(text, self._file, path, values)

    def has(self, key: str) -> bool:
        """Tell whether an optional key is there."""
        self._asked.add(key)
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """Name the keys of a table whose keys are data."""
        self._asked.update(self._data)
        return tuple(self._data)

    def text(self, key: str) -> str:
        """Read a text that says something."""
        value = self._typed(key, str)
        if not value.strip():
            self.refuse(key, N_("%(file)s: ключ «%(key)s» пуст."))
        return str(value)

    def day(self, key: str) -> date:
        """Read a date without a time."""
        value = self._typed(key, date)
        if isinstance(value, datetime):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: нужна дата без времени."))
        return value  # type: ignore[no-any-return]

    def count(self, key: str) -> int:
        """Read a number that is not negative."""
        value = self._typed(key, int)
        if isinstance(value, bool) or value < 0:
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: нужно неотрицательное целое число."))
        return int(value)

    def yes_or_no(self, key: str) -> bool:
        """Read true or false."""
        return bool(self._typed(key, bool))

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Read one of an enumeration's values."""
        return self.chosen(key, self.text(key), kind)

    def chosen(self, key: str, value: str, kind: type[Choice]) -> Choice:
        """Turn a value that stands at a key into one of an enumeration's."""
        try:
            return kind(value)
        except ValueError:
            self.refuse(
                key,
                N_("%(file)s: ключ «%(key)s»: «%(value)s» неизвестно; допустимо: %(known)s."),
                value=value,
                known=", ".join(kind),
            )

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts, none twice."""
        values = self._typed(key, list)
        if not all(isinstance(one, str) and one for one in values):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: нужен список непустых строк."))
        if len(set(values)) < len(values):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: значение стоит в списке дважды."))
        return tuple(values)

    def counts(self, key: str) -> tuple[int, ...]:
        """Read a list of whole numbers."""
        values = self._typed(key, list)
        if not all(type(one) is int for one in values):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: нужен список целых чисел."))
        return tuple(values)

    def table(self, key: str) -> "Reader":
        """Enter a table."""
        return Reader(self._file, self._path(key), self._typed(key, dict))

    def tables(self, key: str) -> list["Reader"]:
        """Enter each table of a list; an absent list is empty."""
        if not self.has(key):
            return []
        values = self._typed(key, list)
        if not all(isinstance(one, dict) for one in values):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: нужен список таблиц."))
        return [Reader(self._file, f"{self._path(key)}[{n}]", one) for n, one in enumerate(values, 1)]

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                self.refuse(key, N_("%(file)s: ключ «%(key)s» неизвестен."))

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def _typed(self, key: str, kind: type) -> Any:  # noqa: ANN401 - a value of the parsed file
        if not self.has(key):
            self.refuse(key, N_("%(file)s: ключа «%(key)s» нет, а он нужен."))
        value = self._data[key]
        if not isinstance(value, kind):
            self.refuse(key, N_("%(file)s: ключ «%(key)s»: значение другого вида."))
        return value
