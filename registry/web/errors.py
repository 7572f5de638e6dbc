"""The one place where what went wrong becomes an answer: problem details for machines, a page for people."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, SecurityError

from registry import errors as refusals
from registry.access.rules import Action
from registry.errors import N_, RegistryError, RoleName
from registry.web.current import request_id
from registry.web.language import in_language
from registry.web.words import ACTOR_WORDS

log = logging.getLogger(__name__)

STATUSES: Final[dict[type[RegistryError], HTTPStatus]] = {
    refusals.InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.NotSignedInError: HTTPStatus.UNAUTHORIZED,
    refusals.ForbiddenError: HTTPStatus.FORBIDDEN,
    refusals.StepUpError: HTTPStatus.FORBIDDEN,
    refusals.PurposeError: HTTPStatus.FORBIDDEN,
    refusals.NotFoundError: HTTPStatus.NOT_FOUND,
    refusals.ConflictError: HTTPStatus.CONFLICT,
    refusals.GoneError: HTTPStatus.GONE,
    refusals.TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    refusals.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    refusals.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    refusals.TamperedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    refusals.SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every error of the registry and the status that answers it."""

TITLES: Final = {
    400: N_("Запрос не разобран"),
    401: N_("Нужно войти"),
    403: N_("Нет доступа"),
    404: N_("Страница не найдена"),
    405: N_("Так эту страницу открыть нельзя"),
    409: N_("Сейчас это невозможно"),
    410: N_("Ссылка больше не действует"),
    412: N_("Данные изменились с тех пор, как вы их читали"),
    413: N_("Слишком большой файл или запрос"),
    415: N_("Вид содержимого не подходит"),
    422: N_("В данных есть ошибка"),
    428: N_("Укажите, какие данные вы видели"),
    429: N_("Слишком много попыток"),
    500: N_("Не получилось: ошибка на нашей стороне"),
    503: N_("Временно недоступно"),
}
ADVICE: Final = {
    400: N_("Вернитесь на предыдущую страницу и попробуйте снова."),
    404: N_("Страница не найдена, или у вас нет к ней доступа."),
    405: N_("Вернитесь на предыдущую страницу и воспользуйтесь кнопкой или ссылкой на ней."),
    412: N_("Прочитайте данные заново и повторите изменение с новым значением ETag в заголовке If-Match."),
    413: N_("Уменьшите файл или разделите его на части и отправьте снова."),
    415: N_("Отправьте тело запроса того вида, который назван в описании операции."),
    428: N_("Передайте в заголовке If-Match значение ETag, полученное при чтении."),
    500: N_("Ничего не потеряно и ничего не отправлено наполовину. Попробуйте ещё раз чуть позже."),
}

NOT_THERE_FOR_PROGRAMS: Final = N_(
    "Такого адреса или объекта нет, или у вас нет к нему доступа. Адреса описаны на /api/v1/docs."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the asker is told: RFC 9457 members, in his language; never a person's data."""

    status: int
    code: str
    detail: str
    fields: dict[str, str]

    @property
    def title(self) -> str:
        """The short name of this kind of problem."""
        return str(gettext(TITLES.get(self.status, TITLES[400])))


def wants_json() -> bool:
    """Say whether the asker is a machine: by the address, or because it accepts JSON before HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def told(error: RegistryError) -> str:
    """Put an error into the asker's language."""
    values = {name: _in_language(value) for name, value in error.values.items()}
    return str(gettext(error.text, **values)) if values else str(gettext(error.text))


def _in_language(value: object) -> object:
    """Put what fills a place into the reader's language: a title, a role, several of them."""
    if isinstance(value, Mapping):
        return in_language(value)
    if isinstance(value, tuple):
        return ", ".join(str(_in_language(one)) for one in value)
    return gettext(ACTOR_WORDS.get(value, value)) if isinstance(value, RoleName) else value


def status_of(error: RegistryError) -> HTTPStatus:
    """Find the status that answers an error, by its closest class."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def register_errors(app: Flask) -> None:
    """Let every failure of a request come here."""
    app.register_error_handler(RegistryError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def refusal(error: RegistryError) -> Response:
    """Answer with an error and let what was written stand: a raised one would take it back."""
    return _refused(error)


def _refused(error: RegistryError) -> Response:
    if isinstance(error, refusals.TamperedError):
        log.error("evidence-does-not-hold", extra={"request_id": request_id(), "code": error.slug})
    if isinstance(error, refusals.UnavailableError):
        log.error("unavailable", extra={"request_id": request_id(), "code": error.slug})
    elsewhere = _way_back(error)
    if elsewhere is not None and not wants_json():
        return make_response(redirect(elsewhere, HTTPStatus.SEE_OTHER))
    if isinstance(error, refusals.NotFoundError):
        return _answer(_not_there())
    fields = {name: str(gettext(text)) for name, text in error.fields.items()}
    return _answer(Problem(status_of(error), error.slug, told(error), fields))


def _not_there() -> Problem:
    """Say the same of what is missing and of what is somebody else's: the words are a door too."""
    status = HTTPStatus.NOT_FOUND
    return Problem(status, refusals.NotFoundError.code, _advice(status), {})


def _advice(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND and wants_json():
        return str(gettext(NOT_THERE_FOR_PROGRAMS))
    return str(gettext(ADVICE.get(status, ADVICE[400])))


def _way_back(error: RegistryError) -> str | None:
    """Where a person proves who he is before he comes back here; a form that was sent is not sent again."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    if isinstance(error, refusals.StepUpError):
        return url_for("entrance.step_up", next=target or request.referrer)
    if isinstance(error, refusals.PurposeError):
        return url_for("entrance.purpose", next=target or request.referrer)
    if isinstance(error, refusals.NotSignedInError) and g.get("action") is not Action.DECIDE and target:
        return url_for("entrance.sign_in", next=target)
    return None


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if isinstance(error, SecurityError):
        # Without a trusted host there are no addresses that a page could lead to.
        return Response(error.name, error.code, mimetype="text/plain")
    status = error.code or 500
    data: dict[str, Any] = getattr(error, "data", None) or {}
    fields = _flat(data.get("messages", {}))
    answer = _answer(Problem(status, f"http-{status}", _advice(status), fields))
    answer.headers.extend(
        (name, value) for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}
    )
    return answer


def _flat(messages: Any, path: str = "") -> dict[str, str]:  # noqa: ANN401 - whatever shape a schema complains in
    if isinstance(messages, dict):
        # The outermost name is where the value stood (json, query), which tells people nothing.
        inner = {key: f"{path}.{key}" if path else str(key) for key in messages}
        return {name: text for key in messages for name, text in _flat(messages[key], inner[key]).items()}
    return {path: "; ".join(map(str, messages)) if isinstance(messages, list) else str(messages)}


def _failed(error: Exception) -> Response:
    # The error's own words may hold a person's data: the log gets its kind and the places that it passed.
    log.error("request-failed", extra={"request_id": request_id()}, exc_info=error)
    return _answer(Problem(500, "internal", str(gettext(ADVICE[500])), {}))


def _answer(problem: Problem) -> Response:
    if wants_json():
        return _problem_details(problem)
    page = render_template("web/error.html", problem=problem, reference=request_id())
    return make_response(page, problem.status)


def _problem_details(problem: Problem) -> Response:
    said: dict[str, Any] = {
        "type": f"urn:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "instance": f"urn:request:{request_id()}",
    }
    if problem.fields:
        said["errors"] = [{"field": name, "detail": text} for name, text in problem.fields.items()]
    answer = jsonify(said)
    answer.status_code = problem.status
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    answer.content_type = "application/problem+json"
    return answer
