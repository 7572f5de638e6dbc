"""Forgery of requests: a form carries a token that only our pages can make for this browser.

The token is a keyed hash of the random token in the browser's cookie, which stands for the session on the
server. Nothing is kept in Flask's signed cookie, so that a ready extension, which keeps its token there, is
not used.
"""

import base64
import hmac

from flask import Request, request

from registry.errors import N_, ForbiddenError
from registry.web.cookies import browser_token, sent_token
from registry.web.current import current_registry

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})


def csrf_token() -> str:
    """Make the token of the browser that asks, for a form or a header."""
    return _token_of(browser_token(request))


def check_forgery(asked: Request) -> None:
    """Refuse a changing request that did not come from our own page.

    Raises:
        ForbiddenError: the token is missing or not of this browser, or another site sent the request.
    """
    if asked.method in SAFE_METHODS:
        return
    if asked.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES:
        raise _forged()
    token = sent_token(asked)
    given = asked.headers.get(HEADER) or asked.form.get(FIELD, "")
    if token is None or not hmac.compare_digest(_token_of(token).encode(), given.encode()):
        raise _forged()


def _token_of(browser: str) -> str:
    keyed = current_registry().vault.blind_index("web.csrf", browser)
    return base64.urlsafe_b64encode(keyed).decode().rstrip("=")


def _forged() -> ForbiddenError:
    return ForbiddenError(
        N_("Страница устарела или открыта с другого сайта. Откройте её заново и повторите действие."),
        code="stale-form",
    )
