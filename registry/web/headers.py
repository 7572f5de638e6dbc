"""Headers that keep a browser from doing what our pages never ask of it."""

import secrets
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, g

from registry.web.current import current_registry

PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'{leave}; frame-ancestors 'none'; base-uri 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """Give the word that lets this answer's own scripts run."""
    made = g.get("csp_nonce")
    if made is None:
        made = g.csp_nonce = secrets.token_urlsafe(16)
    return cast("str", made)


def _leave() -> str:
    """Let forms lead to ESIA, where it is used: browsers hold a redirect after a form to this rule too."""
    parts = urlsplit(current_registry().settings.esia_url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def write_headers(response: Response) -> Response:
    """Put the headers on an answer; a route that set its own caching keeps it."""
    headers = response.headers
    for name, value in ALWAYS:
        headers[name] = value
    page = response.mimetype == "text/html"
    headers["Content-Security-Policy"] = (
        PAGE_POLICY.format(nonce=csp_nonce(), leave=_leave()) if page else DATA_POLICY
    )
    headers.setdefault("Cache-Control", "no-store")
    if current_registry().settings.secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response


def register_headers(app: Flask) -> None:
    """Put the headers on every answer, errors and static files among them."""
    app.after_request(write_headers)
