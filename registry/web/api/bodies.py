"""Shapes of what machines send and are told: closed (no field that is not described), typed, named once."""

from functools import cache
from typing import Any

from marshmallow import RAISE, Schema
from marshmallow.fields import Field

from registry.errors import N_
from registry.web.api.fields import Count, Many, Text, Whole, Within, speak, unbound

_WORDS = {
    "unknown": N_("Такого поля нет: сверьтесь с описанием операции."),
    "type": N_("Здесь нужен объект JSON."),
}
LONGEST_CURSOR = 200
MOST_ON_PAGE = 100
PAGE_LENGTH = 50


class Body(Schema):
    """What a machine sends: a field that is not described is refused."""

    class Meta:
        """Nothing unknown is let pass."""

        unknown = RAISE

    def __init__(self, **more: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(**more)
        self.error_messages = _WORDS

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Let the field complain in the registry's words."""
        del field_name
        speak(field_obj)


class Told(Schema):
    """What a machine is told: all described fields are always there."""

    class Meta:
        """The description says that nothing else comes."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Count every field as one that comes, and texts as long as they are."""
        del field_name
        field_obj.required = not field_obj.metadata.get("sometimes", False)
        unbound(field_obj)


class FieldProblemTold(Told):
    """One field that is wrong, and why."""

    field = Text()
    detail = Text()


class ProblemTold(Told):
    """A problem (RFC 9457): what went wrong, in words for people and a code for machines."""

    type = Text(metadata={"description": N_("urn:problem: и код")})
    title = Text()
    status = Whole()
    detail = Text()
    code = Text(metadata={"description": N_("Код ошибки: не меняется от версии к версии")})
    instance = Text(metadata={"description": N_("Номер запроса: назовите его, если просите помощи")})
    errors = Many(
        Within(FieldProblemTold),
        metadata={"description": N_("Поля, в которых ошибки; есть не всегда"), "sometimes": True},
    )


class PageAsked(Body):
    """Which part of a list is asked for."""

    after = Text(
        load_default="", most=LONGEST_CURSOR, metadata={"description": N_("Значение next прошлой страницы")}
    )
    limit = Count(
        most=MOST_ON_PAGE,
        load_default=PAGE_LENGTH,
        metadata={"description": N_("Сколько строк на странице, не больше 100")},
    )


@cache
def page_of(row: type[Schema]) -> type[Schema]:
    """Make the shape of a page of rows."""
    name = row.__name__.removesuffix("Told") + "PageTold"
    items = Many(Within(row))
    following = Text(
        allow_none=True,
        metadata={"description": N_("Передайте как after, чтобы получить следующую страницу")},
    )
    return type(name, (Told,), {"items": items, "next": following, "__doc__": N_("Страница списка")})
