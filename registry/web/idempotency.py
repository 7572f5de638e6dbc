"""One request, one effect: what is sent twice under one key is carried out once and answered alike."""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from flask import Response, g, make_response, request

from registry.errors import N_, InvalidError
from registry.storage.vault import Vault
from registry.web.api.parsing import Unreadable, read_json
from registry.web.cookies import keep_token, sent_token
from registry.web.csrf import FIELD as CSRF_FIELD
from registry.web.current import actor, begin_reading, begin_work, current_registry, held_open, signed_in
from registry.web.models import LONGEST_KEY, Answer, Call, find_answer, keep_answer
from registry.work import Work

View = TypeVar("View", bound=Callable[..., Any])

FIELD: Final = "idempotency_key"
HEADER: Final = "Idempotency-Key"
SHORTEST: Final = 16
KEY_FORM: Final = re.compile(rf"[A-Za-z0-9._~-]{{{SHORTEST},{LONGEST_KEY}}}")
"""What a key is made of, as the description of the API says too."""
BODY: Final = "idempotency_answers.body"
NOBODY: Final = UUID(int=0)
ONCE: Final = "registry_once"
"""By this a view says that it is carried out once."""


class _KnownError(Exception):
    """The call was answered before: what this run of it did is rolled back."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a call is recognised again: by whose key, and by which fields not."""

    by_token: bool = False
    secret: frozenset[str] = field(default_factory=frozenset)


def once(view: View) -> View:
    """Carry a request out once for each key, below `allowed`: what the route writes is one unit of work.

    The key comes in the hidden field ``idempotency_key`` or in the header ``Idempotency-Key``. The unit that
    the route opens is committed together with the kept answer; what the route reads before holds nobody up.
    That a call is a second one shows at its end, or at the error that it runs into: then all that it did is
    rolled back, and it is answered as the first one was. A route that raises or answers with an error keeps
    no answer, and the same key may be tried again.

    Raises:
        InvalidError: there is no key, or it was used for another request.
    """
    return _once(view, _Way())


def once_by_token(*secret: str) -> Callable[[View], View]:
    """Carry out once, as `once` does, what concerns the machine's token itself: its keys are its own.

    Args:
        secret: fields that are left out of what is kept of the request. Whether they are those of the first
            call only the route can tell: it says by `secrets_fit` that they are good today, and a call in
            which they are not is refused as if it were the first.
    """
    way = _Way(by_token=True, secret=frozenset(secret))
    return lambda view: _once(view, way)


def secrets_fit() -> None:
    """Say that the request's secrets are good, so that it may be answered as an earlier one was."""
    g.secrets_fit = True


def _once(view: View, way: _Way) -> View:
    @functools.wraps(view)
    def carried_out_once(**arguments: Any) -> Response:  # noqa: ANN401 - the route's own arguments
        call = _recognise(current_registry().vault, way)
        try:
            with held_open():
                response = make_response(view(**arguments))
                _keep(call, response)
                return response
        except Exception:
            keep_token()
            earlier = None if way.secret and "secrets_fit" not in g else _earlier(call)
            if earlier is None:
                raise
            return earlier

    carried_out_once.__dict__[ONCE] = True
    return cast("View", carried_out_once)


def _recognise(vault: Vault, way: _Way) -> Call:
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if KEY_FORM.fullmatch(key) is None:
        raise InvalidError(
            N_(
                "У запроса нет ключа повтора (Idempotency-Key, от 16 до 64 знаков). Программа передаёт его"
                " в заголовке (латинские буквы, цифры, точка, дефис, _ и ~); страницу откройте заново"
                " и повторите."
            ),
            code="idempotency-key",
        )
    # People who are known are told apart by their id, a browser without a session by its cookie.
    holder = signed_in().session.id if way.by_token else actor().id or sent_token(request) or ""
    scope = vault.blind_index("web.once.scope", f"{holder}|{request.endpoint}")
    return Call(scope, key, vault.blind_index("web.once.request", _digest(way.secret).hex()))


def _digest(secret: frozenset[str]) -> bytes:
    """Digest what the request says; the caller makes a keyed hash of it, for it may hold a person's data."""
    digest = hashlib.sha256(f"{request.method} {request.path}?".encode() + request.query_string)
    hidden = secret | {CSRF_FIELD}
    said = [(name, value) for name, value in request.form.items(multi=True) if name not in hidden]
    digest.update(repr(sorted(said, key=repr)).encode())  # a part of a form may come without a name
    for name, file in sorted(
        request.files.items(multi=True), key=lambda one: repr((one[0], one[1].filename))
    ):
        content = hashlib.file_digest(cast("Any", file.stream), "sha256").hexdigest()
        digest.update(f"{name}={file.filename}:{content}".encode())
        file.stream.seek(0)
    if not request.form and not request.files:
        digest.update(_without(secret) if secret else request.get_data())
    return digest.digest()


def _without(secret: frozenset[str]) -> bytes:
    """Give the body without its secrets; nothing of one that is no object, for the route refuses it."""
    try:
        said = read_json(request.get_data())
    except Unreadable:
        return b""
    told = dict(said) if isinstance(said, dict) else {}
    return json.dumps({name: told[name] for name in sorted(told.keys() - secret)}).encode()


def _keep(call: Call, response: Response) -> None:
    """Keep the answer with its effect; an error is answered as such, but never to a call that succeeded."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        with begin_reading() as reading:
            if find_answer(reading.connection, call) is not None:
                raise _KnownError
        return
    with begin_work() as work:
        if not keep_answer(work.connection, call, _answer(work, response), work.now):
            raise _KnownError


def _answer(work: Work, response: Response) -> Answer:
    body = response.get_data()
    return Answer(
        status=response.status_code,
        location=response.headers.get("Location"),
        content_type=response.content_type,
        body=work.vault.seal_shared(BODY, NOBODY, body) if body else None,
    )


def _earlier(call: Call) -> Response | None:
    """Give the answer to the first call with this key, once more; none when this one is the first.

    Raises:
        InvalidError: the key was used for another request.
    """
    with begin_reading() as reading:
        found = find_answer(reading.connection, call)
    if found is None:
        return None
    first, kept = found
    if first != call:
        raise InvalidError(
            N_("Этот ключ повтора уже использован для другого запроса. Откройте страницу заново."),
            code="idempotency-key-reused",
        )
    body = b"" if kept.body is None else reading.vault.open_shared(BODY, NOBODY, kept.body)
    response = Response(body, kept.status, content_type=kept.content_type)
    if kept.location:
        response.headers["Location"] = kept.location
    response.headers["Idempotency-Replayed"] = "true"
    return response
