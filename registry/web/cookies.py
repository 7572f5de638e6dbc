"""The browser's cookie: one random token; what it stands for is known on the server only."""

from flask import Request, Response, g

from registry.access.tokens import TOKEN_LENGTH, new_token
from registry.web.current import current_registry

SECURE_NAME = "__Host-session"
PLAIN_NAME = "session"


def session_cookie() -> str:
    """Name the cookie: ``__Host-`` under HTTPS, plain on a loopback sandbox, where it would not be kept."""
    return SECURE_NAME if current_registry().settings.secure else PLAIN_NAME


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


def write_cookie(response: Response) -> Response:
    """Set or take away the cookie as this request decided."""
    token = g.get("fresh_token")
    if token is None:
        return response
    secure = current_registry().settings.secure
    if token:
        response.set_cookie(session_cookie(), token, path="/", secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(session_cookie(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response
