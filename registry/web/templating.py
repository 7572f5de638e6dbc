"""How pages are made: escaping always on, a misspelt name an error, and what every template can use."""

import uuid
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, current_app, render_template, url_for
from flask_babel import gettext, ngettext
from jinja2 import (
    ChainableUndefined,
    FileSystemBytecodeCache,
    PackageLoader,
    StrictUndefined,
    Template,
    Undefined,
)
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.loaders import ChoiceLoader, PrefixLoader
from jinja2.runtime import Context
from jinja2.utils import missing

from registry.web import navigation
from registry.web.assets import asset_url
from registry.web.csrf import csrf_token
from registry.web.current import can, current_registry, known
from registry.web.filters import register_filters
from registry.web.headers import csp_nonce
from registry.web.language import language, languages
from registry.web.stated import purpose_words


class Missing(StrictUndefined):
    """A name that nobody gave is an error; an option left out of a component's options is not.

    The design system's macros take one dictionary and ask it for options that were left out, and for
    options of those, and whether they were called with a block; only there is a missing name let pass.
    """

    def __new__(  # type: ignore[misc]
        cls,
        hint: str | None = None,
        obj: Any = missing,  # noqa: ANN401 - whatever was asked for the name
        name: str | None = None,
        *rest: Any,  # noqa: ANN401 - the same as the parent's
    ) -> Undefined:
        """Make the strict or the lenient kind, by what was asked for the name."""
        lenient = isinstance(obj, dict | ChainableUndefined) or name == "caller"
        kind = ChainableUndefined if lenient else StrictUndefined
        return kind(hint, obj, name, *rest)


class SharedModules(Template):
    """A template whose macros are made once, not once a page.

    Jinja looks at every import whether the page has globals of its own; ours are the same for all pages, and
    looking took a tenth of the time of a page.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Give the macros of an import without context."""
        del ctx
        return super()._get_default_module()


class Compiled(FileSystemBytecodeCache):
    """Compiled templates on the disk; without room there the page is made all the same."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if the disk takes it."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def register_templates(app: Flask, compiled: Path) -> None:
    """Prepare the template environment; rooms' own folders come with their blueprints.

    Args:
        app: gets it.
        compiled: private folder that keeps compiled templates from one start to the next: to compile those of
            the first page takes longer than anything else of it.
    """
    compiled.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = Compiled(str(compiled))
    app.jinja_env.template_class = SharedModules
    app.jinja_env.undefined = Missing
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    own = app.jinja_loader
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, components]) if own is not None else components
    app.jinja_env.globals.update(
        _=gettext,
        asset_url=asset_url,
        can=can,
        csp_nonce=csp_nonce,
        csrf_token=csrf_token,
        esia_on=_esia_on,
        known=known,
        legal_day=_legal_day,
        language=language,
        languages=languages,
        navigation=navigation,
        new_key=_new_key,
        ngettext=ngettext,
        purpose_words=purpose_words,
        # Two words of another template language that the design system's macros compare with.
        null=None,
        undefined=ChainableUndefined(),
        url_for=url_for,
    )
    register_filters(app)


def _esia_on() -> bool:
    """Say whether people may log in by ESIA here."""
    there = "consents.esia_start" in current_app.view_functions
    return there and bool(current_registry().settings.esia_url)


def _legal_day() -> date | None:
    """Give the day that it is for the registry where that is not the real one: in the sandbox."""
    return current_registry().settings.today


def _new_key() -> str:
    """Make the key that lets a form be sent twice and counted once."""
    return str(uuid.uuid4())


def page(name: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Render a page of a room."""
    return render_template(name, **values)
