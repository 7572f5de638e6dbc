"""The application that rooms are added to: gate, headers, errors, language, and the pages that all share."""

from io import BytesIO
from typing import IO, TYPE_CHECKING

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SessionInterface, SessionMixin

from registry.access.passwords import Passwords
from registry.web import assets, entrance, health, tokens, trail_pages
from registry.web.ahead import drop_opened, end_opened
from registry.web.api import entrance as api_entrance
from registry.web.api import pages as api_pages
from registry.web.cookies import write_cookie
from registry.web.current import EXTENSION
from registry.web.doors import SMALL_REQUEST, keep_gate, note_use
from registry.web.errors import register_errors
from registry.web.headers import register_headers
from registry.web.hosts import own_hosts
from registry.web.language import register_language
from registry.web.logs import register_request_log
from registry.web.proxy import TrustedProxy
from registry.web.routing import LateRule
from registry.web.templating import register_templates
from registry.work import Registry

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_FORM_BYTES = 1024 * 1024
MOST_FORM_PARTS = 2_000


class NoSession(SessionInterface):
    """Flask's own cookie session, switched off: whoever writes to it gets an error."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """Open nothing."""
        del app, request
        return None

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Keep nothing."""


class ReadableJson(DefaultJSONProvider):
    """JSON in UTF-8 as it is: whoever looks at an answer can read its Russian words."""

    ensure_ascii = False


class WholeRequest(Request):
    """A request whose body is as long as it said, or is refused with 400.

    The server says that it ends the body where the request ends; but where the line broke it ends it there
    too, and half a form would be carried out as if that were all. Uploaded files stay in memory: each route
    limits its requests, and a temporary file would hold people's data in clear.
    """

    def __init__(self, environ: "WSGIEnvironment", *more: bool, **named: bool) -> None:
        environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *more, **named)

    def _get_file_stream(self, *_said: object, **_named: object) -> "IO[bytes]":
        return BytesIO()


def create_app(registry: Registry) -> Flask:
    """Make the application of an open registry; `registry.app` adds rooms, then calls `check_doors`."""
    app = Flask("registry.web", static_folder=None)
    app.request_class = WholeRequest
    app.url_rule_class = LateRule
    app.json = ReadableJson(app)
    app.session_interface = NoSession()
    app.wsgi_app = TrustedProxy(app.wsgi_app, registry.settings.trusted_proxy or ())  # type: ignore[method-assign]
    app.extensions[EXTENSION] = registry
    app.extensions[entrance.EXTENSION] = Passwords(registry.settings)
    app.config.update(
        TRUSTED_HOSTS=own_hosts(registry.settings),
        MAX_CONTENT_LENGTH=SMALL_REQUEST,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
    )
    register_language(app, str(registry.settings.timezone))
    register_request_log(app)
    app.before_request(keep_gate)
    app.after_request(note_use)
    app.after_request(end_opened)
    app.teardown_request(drop_opened)
    # Run after the route in the opposite order: cookie, headers, log line.
    register_headers(app)
    app.after_request(write_cookie)
    register_errors(app)
    register_templates(app, registry.settings.compiled)
    assets.register_assets(app)
    for room in (entrance, health, tokens, trail_pages, api_pages):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(api_entrance.room)
    return app
