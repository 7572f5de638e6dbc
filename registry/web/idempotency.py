"""One request, one effect: a form or a call sent twice under one key is carried out once and answered alike."""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from flask import Response, make_response, request
from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.errors import N_, InvalidError
from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.web.cookies import sent_token
from registry.web.csrf import FIELD as CSRF_FIELD
from registry.web.current import actor, begin_work
from registry.work import Work

View = TypeVar("View", bound=Callable[..., Any])

FIELD: Final = "idempotency_key"
HEADER: Final = "Idempotency-Key"
SHORTEST: Final = 16
LONGEST: Final = 64
NOBODY: Final = UUID(int=0)

answers = Table(
    "idempotency_answers",
    metadata,
    Column("scope", LargeBinary(32), primary_key=True),
    Column("key", String(LONGEST), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer),
    Column("location", String(500)),
    Column("content_type", String(100)),
    Column("body", SealedBytes),
    Column("created_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request as it is recognised again: whose and of which route, its key, and what it says."""

    scope: bytes
    key: str
    request_hash: bytes


def once(view: View) -> View:
    """Carry a request out once for each key, below `allowed`: the route runs in one unit of work.

    The key comes in the hidden field ``idempotency_key`` or in the header ``Idempotency-Key``. The route's own
    `begin_work` joins the unit, so that effect and kept answer are committed together; a route that raises
    keeps nothing, and the same key may be tried again.

    Raises:
        InvalidError: there is no key, or it was used for another request.
    """

    @functools.wraps(view)
    def carried_out_once(**arguments: Any) -> Response:  # noqa: ANN401 - the route's own arguments
        with begin_work() as work:
            call = _recognise(work)
            if not _claim(work, call):
                return _earlier(work, call)
            response = make_response(view(**arguments))
            _keep(work, call, response)
            return response

    return cast("View", carried_out_once)


def forget_before(work: Work, time: datetime) -> None:
    """Delete answers kept before a time."""
    work.connection.execute(delete(answers).where(answers.c.created_at < time))


def _recognise(work: Work) -> _Call:
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not (SHORTEST <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise InvalidError(
            N_("У запроса нет ключа повтора (Idempotency-Key). Откройте страницу заново и повторите действие."),
            code="idempotency-key",
        )
    # A visitor's sitting and a member of staff are told apart by person, a caller without a session by cookie.
    holder = actor().id or sent_token(request) or ""
    scope = work.vault.blind_index("web.once.scope", f"{holder}|{request.endpoint}")
    return _Call(scope, key, work.vault.blind_index("web.once.request", _digest().hex()))


def _digest() -> bytes:
    """Digest what the request says; the caller makes a keyed hash of it, for it may hold a person's data."""
    digest = hashlib.sha256(f"{request.method} {request.path}?".encode() + request.query_string)
    said = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    digest.update(repr(sorted(said)).encode())
    for name, file in sorted(request.files.items(multi=True)):
        content = hashlib.file_digest(cast("Any", file.stream), "sha256").hexdigest()
        digest.update(f"{name}={file.filename}:{content}".encode())
        file.stream.seek(0)
    if not request.form and not request.files:
        digest.update(request.get_data())
    return digest.digest()


def _claim(work: Work, call: _Call) -> bool:
    """Write the key down; another request with it waits here until this one is committed or rolled back."""
    row = {"scope": call.scope, "key": call.key, "request_hash": call.request_hash, "created_at": work.now}
    dialect = postgresql if work.connection.dialect.name == "postgresql" else sqlite
    written = dialect.insert(answers).values(**row).on_conflict_do_nothing()
    return work.connection.execute(written).rowcount == 1


def _keep(work: Work, call: _Call, response: Response) -> None:
    body = response.get_data()
    work.connection.execute(
        update(answers)
        .where(answers.c.scope == call.scope, answers.c.key == call.key)
        .values(
            status=response.status_code,
            location=response.headers.get("Location"),
            content_type=response.content_type,
            body=work.vault.seal_shared("idempotency_answers.body", NOBODY, body) if body else None,
        )
    )


def _earlier(work: Work, call: _Call) -> Response:
    where = (answers.c.scope == call.scope, answers.c.key == call.key)
    row = work.connection.execute(select(answers).where(*where)).one()
    if row.request_hash != call.request_hash:
        raise InvalidError(
            N_("Этот ключ повтора уже использован для другого запроса. Откройте страницу заново."),
            code="idempotency-key-reused",
        )
    body = b"" if row.body is None else work.vault.open_shared("idempotency_answers.body", NOBODY, row.body)
    response = Response(body, row.status, content_type=row.content_type)
    if row.location:
        response.headers["Location"] = row.location
    response.headers["Idempotency-Replayed"] = "true"
    return response
