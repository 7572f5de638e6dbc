"""The browser's cookie: one random token; what it stands for is known on the server only."""

from flask import Request, Response, g

from registry.access.tokens import TOKEN_LENGTH, new_token
from registry.web.current import current_registry

PLAIN_NAME = "session"
LANGUAGE_NAME = "language"
LANGUAGE_LASTS_S = 31_536_000
OF_THIS_HOST = "__Host-"
FORGET = '"cache", "storage"'
"""What a browser is told to throw away when a session ends, besides the cookie."""


def named(plain: str) -> str:
    """Name a cookie: ``__Host-`` under HTTPS, plain on a loopback sandbox, where it would not be kept."""
    return f"{OF_THIS_HOST}{plain}" if current_registry().settings.secure else plain


def session_cookie() -> str:
    """Name the cookie of the session."""
    return named(PLAIN_NAME)


def chosen_language(request: Request) -> str | None:
    """Give the language that the browser's owner chose once, whatever it says."""
    return request.cookies.get(named(LANGUAGE_NAME))


def keep_language(response: Response, chosen: str) -> None:
    """Let the browser keep a choice of language."""
    _set(response, LANGUAGE_NAME, chosen, LANGUAGE_LASTS_S)


def sent_token(request: Request) -> str | None:
    """Give the token that the browser sent, if it has the shape of one."""
    token = request.cookies.get(session_cookie(), "")
    return token if len(token) == TOKEN_LENGTH else None


def browser_token(request: Request) -> str:
    """Give the browser's token; a browser without one gets one with the answer, bound to no session yet."""
    token: str | None = g.get("fresh_token") or sent_token(request)
    if token is None:
        token = g.fresh_token = new_token()
    return token


def hand_token(token: str) -> None:
    """Let the answer to this request replace the browser's token: after signing in, and only then."""
    g.fresh_token = token


def drop_token() -> None:
    """Let the answer to this request take the browser's token away."""
    g.fresh_token = ""


def keep_token() -> None:
    """Let the answer leave the browser's token as it is: what was to replace it has been rolled back."""
    g.pop("fresh_token", None)


def write_cookie(response: Response) -> Response:
    """Set or take away the cookie as this request decided."""
    token = g.get("fresh_token")
    if token is None:
        return response
    _set(response, PLAIN_NAME, token, None if token else 0)
    if not token:
        response.headers["Clear-Site-Data"] = FORGET
    return response


def _set(response: Response, plain: str, value: str, lasts_s: int | None) -> None:
    secure = current_registry().settings.secure
    name = named(plain)
    response.set_cookie(name, value, max_age=lasts_s, path="/", secure=secure, httponly=True, samesite="Lax")
