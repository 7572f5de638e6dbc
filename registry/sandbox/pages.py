"""Plain pages of the stand-ins: one layout, texts marked as everywhere, no script."""

from pathlib import Path

from flask import Flask, Response

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


def create_pages(name: str) -> Flask:
    """An empty app whose templates stand in the sandbox and speak the source language."""
    app = Flask(name, template_folder=str(Path(__file__).with_name("templates")), static_folder=None)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
