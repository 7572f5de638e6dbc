"""Fields of bodies and answers: one form each, no guessing; their complaints are Russian msgids."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final

from marshmallow import fields, validate

from registry.errors import N_

LONGEST_TEXT: Final = 200
_WRONG = N_("Значение не того вида: сверьтесь с описанием поля.")
_WORDS = {"required": N_("Обязательное поле."), "null": N_("Значение не может быть null.")}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGITS = re.compile(r"[1-9][0-9]{0,5}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLAIN: Final = "^[^\\u0000-\\u001f\\u007f]*$"
BASE64: Final = "^[A-Za-z0-9+/]*={0,2}$"
LINES: Final = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$"


def speak(field: fields.Field[Any]) -> None:
    """Let a field complain in the registry's words."""
    field.error_messages = {**dict.fromkeys(field.error_messages, _WRONG), **_WORDS}
    if isinstance(field, fields.List):
        speak(field.inner)


def unbound(field: fields.Field[Any]) -> None:
    """Take the bounds of a text away: what is told has the length and the signs that it has."""
    if isinstance(field, Text):
        field.validators = []
    if isinstance(field, fields.List):
        unbound(field.inner)


class Text(fields.String):
    """A line of text without control characters."""

    def __init__(
        self,
        *,
        least: int = 0,
        most: int = LONGEST_TEXT,
        pattern: str = PLAIN,
        **more: Any,  # noqa: ANN401 - marshmallow's own options
    ) -> None:
        checks = [
            validate.Length(max=most, error=N_("Слишком длинный текст: сократите его.")),
            validate.Regexp(pattern, error=N_("В тексте есть недопустимые знаки.")),
        ]
        if least:
            checks.append(validate.Length(min=least, error=N_("Слишком короткий текст.")))
        super().__init__(validate=checks, **more)


class Id(fields.UUID):
    """An id in its canonical form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **more)


class Day(fields.Date):
    """A day, year-month-day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:  # noqa: ANN401
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        found: date = super()._deserialize(value, attr, data, **more)
        return found


class Moment(fields.DateTime):
    """A moment in UTC; only in answers."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **more: Any) -> Any:  # noqa: ANN401
        moment = None if value is None else value.astimezone(UTC)
        return super()._serialize(moment, attr, obj, **more)


class Whole(fields.Integer):
    """A whole number, not a text that looks like one."""

    def __init__(self, *, least: int | None = None, most: int | None = None, **more: Any) -> None:  # noqa: ANN401
        check = validate.Range(min=least, max=most, error=N_("Число вне допустимых пределов."))
        bounded = least is not None or most is not None
        super().__init__(strict=True, validate=[check] if bounded else None, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **more)


class Count(fields.Integer):
    """A whole number of an address, where everything is text: digits, nothing else."""

    def __init__(self, *, most: int, **more: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        check = validate.Range(min=1, max=most, error=N_("Число вне допустимых пределов."))
        super().__init__(validate=check, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **more)


class YesNo(fields.Boolean):
    """True or false, nothing that is taken for one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **more)


class Choice(fields.String):
    """One of some values: of an enum, or of a list of texts."""

    def __init__(self, values: type[Enum] | tuple[str, ...], **more: Any) -> None:  # noqa: ANN401
        allowed = values if isinstance(values, tuple) else tuple(str(one.value) for one in values)
        check = validate.OneOf(allowed, error=N_("Такого значения нет: выберите одно из описанных."))
        super().__init__(validate=check, **more)


class Many(fields.List[Any]):
    """A list of values of one kind, at most so many."""

    def __init__(self, inner: fields.Field[Any], *, most: int | None = None, **more: Any) -> None:  # noqa: ANN401
        check = validate.Length(max=most, error=N_("Слишком много значений.")) if most else None
        super().__init__(inner, validate=check, **more)


class Within(fields.Nested):
    """Something with fields of its own."""


class Made(fields.Function):
    """A text that is made of what is answered about."""

    def __init__(self, make: Callable[[Any], str | None], **more: Any) -> None:  # noqa: ANN401
        super().__init__(serialize=make, **more)


class Pairs(fields.Dict):
    """Values of one kind by names that are not known beforehand; only in answers."""

    def __init__(self, inner: fields.Field[Any], **more: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(keys=Text(), values=inner, **more)


class Upload(fields.Raw):
    """A file of a form."""


class Base64(Text):
    """Bytes, written in Base64."""

    def __init__(self, *, most: int, least: int = 0, **more: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(least=least, most=most, pattern=BASE64, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:  # noqa: ANN401
        text = super()._deserialize(value, attr, data, **more)
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise self.make_error("invalid") from None

    def _validate(self, value: Any) -> None:  # noqa: ANN401 - bytes, or the text that they came as
        super()._validate(base64.b64encode(value).decode() if isinstance(value, bytes) else value)
