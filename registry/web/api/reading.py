"""The description made readable: operations by rooms, shapes as lists of fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from registry.errors import N_

Description = Mapping[str, Any]

TYPES: Final = {
    "uuid": N_("идентификатор (UUID)"),
    "date": N_("дата ГГГГ-ММ-ДД"),
    "date-time": N_("момент времени, UTC"),
    "binary": N_("файл"),
    "string": N_("текст"),
    "integer": N_("целое число"),
    "number": N_("число"),
    "boolean": N_("true или false"),
    "array": N_("список"),
    "object": N_("объект"),
}
PLACES: Final = {"path": N_("в адресе"), "query": N_("в строке запроса"), "header": N_("в заголовке")}
DEEPEST: Final = 6


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field or parameter: its name with the path to it, what it holds, whether it must be there."""

    name: str
    type: str
    needed: bool
    about: str
    values: tuple[str, ...] = ()
    longest: int | None = None
    place: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A body of one kind, field by field."""

    kind: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as a page shows it."""

    id: str
    method: str
    path: str
    title: str
    said: Mapping[str, Any]
    parameters: tuple[FieldLine, ...]
    bodies: tuple[Content, ...]
    answers: tuple[tuple[str, str, tuple[Content, ...]], ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations of one room."""

    name: str
    title: str
    operations: tuple[Shown, ...]


def contents(described: Description) -> list[Chapter]:
    """List all rooms with their operations."""
    found = (chapter(described, tag["name"]) for tag in described.get("tags", ()))
    return [one for one in found if one is not None and one.operations]


def chapter(described: Description, name: str) -> Chapter | None:
    """Give one room with its operations; none when there is no such room."""
    title = next((tag["description"] for tag in described.get("tags", ()) if tag["name"] == name), None)
    if title is None:
        return None
    shown = tuple(
        _shown(described, (path, method), {**said, "shared": whole.get("parameters", [])})
        for path, whole in described["paths"].items()
        for method, said in whole.items()
        if method != "parameters" and name in said["tags"]
    )
    return Chapter(name, title, shown)


def _shown(described: Description, where: tuple[str, str], said: Mapping[str, Any]) -> Shown:
    path, method = where
    answers = [(code, _found(described, one)) for code, one in said["responses"].items()]
    good = [(code, one) for code, one in answers if int(code) < HTTPStatus.BAD_REQUEST]
    return Shown(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        title=said["summary"],
        said=said,
        parameters=tuple(_parameters(described, [*said["shared"], *said.get("parameters", [])])),
        bodies=_contents(described, said.get("requestBody", {})),
        answers=tuple((code, one.get("description", ""), _contents(described, one)) for code, one in good),
        refusals=tuple(sorted(code for code, _ in answers if int(code) >= HTTPStatus.BAD_REQUEST)),
    )


def _found(described: Description, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference of the description."""
    while "$ref" in value:
        place: Any = described
        for part in value["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        value = place
    return value


def _parameters(described: Description, listed: list[Mapping[str, Any]]) -> Iterator[FieldLine]:
    for one in (_found(described, each) for each in listed):
        schema = {**one.get("schema", {}), "description": one.get("description", "")}
        place = PLACES[one["in"]]
        yield _line(described, one["name"], schema, needed=one.get("required", False), place=place)


def _contents(described: Description, holder: Mapping[str, Any]) -> tuple[Content, ...]:
    return tuple(
        Content(kind, tuple(_fields(described, _found(described, one.get("schema", {})))))
        for kind, one in holder.get("content", {}).items()
    )


def _fields(described: Description, schema: Mapping[str, Any], path: str = "") -> Iterator[FieldLine]:
    """List the fields of a shape, those within it under the path to them."""
    needed = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        whole = f"{path}.{name}" if path else name
        own = {**_found(described, value), **{key: value[key] for key in ("description",) if key in value}}
        yield _line(described, whole, own, needed=name in needed)
        if whole.count(".") < DEEPEST:
            yield from _within(described, own, whole)


def _within(described: Description, schema: Mapping[str, Any], path: str) -> Iterator[FieldLine]:
    one = _plain(described, schema)
    if one.get("items"):
        path, one = f"{path}[]", _plain(described, _found(described, one["items"]))
    yield from _fields(described, one, path)


def _plain(described: Description, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the shape itself where it may also be null."""
    for either in schema.get("anyOf", ()):
        if either.get("type") != "null":
            return _found(described, either)
    return schema


def _line(
    described: Description, name: str, schema: Mapping[str, Any], *, needed: bool, place: str = ""
) -> FieldLine:
    plain = _plain(described, schema)
    kinds = plain.get("type", "object")
    listed = [kinds] if isinstance(kinds, str) else list(kinds)
    kind = next((one for one in listed if one != "null"), "object")
    return FieldLine(
        name=name,
        type=TYPES[plain.get("format", kind)],
        needed=needed,
        about=schema.get("description", ""),
        values=tuple(str(one) for one in plain.get("enum", ()) if one is not None),
        longest=plain.get("maxLength"),
        place=place,
        nullable="null" in listed or plain is not schema,
    )
