"""What an operation says of itself, put into the description in words that clients and people read."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from registry.access.rules import OPEN_TO_SIGNED_IN, TABLE, Action, Role
from registry.errors import N_
from registry.web.api.tags import CHANGED, READ
from registry.web.doors import Door
from registry.web.idempotency import HEADER, KEY_FORM, SHORTEST
from registry.web.models import LONGEST_KEY

PREFIX: Final = "/api/v1"
BEARER: Final = "bearer"
KEY: Final = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": N_(
        "Ключ повтора: новый для каждого изменения. Тот же запрос с тем же ключом выполнится один раз "
        "и получит тот же ответ."
    ),
    "schema": {
        "type": "string",
        "minLength": SHORTEST,
        "maxLength": LONGEST_KEY,
        "pattern": f"^{KEY_FORM.pattern}$",
    },
}
SEEN: Final = {
    "name": "If-None-Match",
    "in": "header",
    "description": N_("ETag прошлого чтения: если ничего не изменилось, ответ 304 без тела."),
    "schema": {"type": "string"},
}
MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": N_("ETag прочитанного: изменение выполнится, только если с тех пор ничего не изменилось."),
    "schema": {"type": "string"},
}
TAG: Final = {"description": N_("Отпечаток прочитанного"), "schema": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation says of itself beyond its shapes.

    Attributes:
        id: ``room.function``, by which clients and tests name it.
        title: Russian msgid of what it does.
        method: of HTTP.
        address: rule of its address, the API's prefix included.
        door: who may.
        once: whether it is carried out once for each Idempotency-Key.
        body: whether it reads a body.
        tagged: whether it answers with an ETag (`tags.READ`) or asks for one (`tags.CHANGED`).
    """

    id: str
    title: str
    method: str
    address: str
    door: Door
    once: bool
    body: bool
    tagged: str | None

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"


def roles_of(action: Action) -> list[Role]:
    """List the roles that may do something somewhere; all of staff where a sign-in is enough."""
    staff: list[Role] = [role for role in Role if role not in {Role.GUARDIAN, Role.STUDENT, Role.PLATFORM}]
    if action in OPEN_TO_SIGNED_IN:
        return staff
    holding = {role for (role, _), actions in TABLE.items() if action in actions}
    return [role for role in staff if role in holding]


def refusals(operation: Operation) -> Iterator[HTTPStatus]:
    """List the statuses by which an operation refuses; 400 also answers a host that is none of ours."""
    yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    yield HTTPStatus.UNPROCESSABLE_ENTITY
    yield from (HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
    if operation.body:
        yield from (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    yield HTTPStatus.CONFLICT
    if "<" in operation.address:
        yield HTTPStatus.GONE
    if operation.changes:
        yield HTTPStatus.TOO_MANY_REQUESTS
    if operation.tagged == CHANGED:
        yield from (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)


def described(doc: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Add to an operation's description who may call it, its headers, and how it refuses."""
    parameters = doc.setdefault("parameters", [])
    responses = doc.setdefault("responses", {})
    if operation.once:
        parameters.append(KEY)
    if operation.tagged == READ:
        parameters.append(SEEN)
        responses[200].setdefault("headers", {})["ETag"] = TAG
        responses[int(HTTPStatus.NOT_MODIFIED)] = {"description": N_("Не изменилось")}
    if operation.tagged == CHANGED:
        parameters.append(MATCH)
    for status in refusals(operation):
        responses.setdefault(int(status), status.name)
    action = operation.door.action
    doc |= {
        "operationId": operation.id,
        "security": [{BEARER: []}],
        "x-action": str(action),
        "x-roles": [str(role) for role in roles_of(action)],
        "x-fresh": operation.door.fresh,
        "x-most-bytes": operation.door.most_bytes,
    }
    return doc
