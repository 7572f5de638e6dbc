"""What can go wrong, in the registry's words: no HTTP status and no person's data in them.

Texts are Russian gettext msgids with ``%(name)s`` places; a door translates and fills them
(`registry.web.errors` for people and machines, `registry.cli` for a terminal).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - the usual name of a marker that leaves its text alone
    """Mark a text for translation and give it back unchanged."""
    return text


class RoleName(str):
    """The id of a role where it fills a place of a text: a door puts the role's title there."""

    __slots__ = ()


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """Put what fills the places of a text into the source language, for a log or a terminal."""
    return {name: _in_source(value) for name, value in values.items()}


def _in_source(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("ru") or next(iter(value.values()), "")
    if isinstance(value, tuple):
        return ", ".join(str(_in_source(one)) for one in value)
    return value


class RegistryError(Exception):
    """Root of everything that the registry refuses or cannot do.

    Attributes:
        code: stable slug for machines; a class has one, a raise may give a closer one.
        text: Russian msgid, what happened and what to do, with ``%(name)s`` places.
        values: what fills the places; never a person's data. A mapping of languages to texts is a title, of
            which the reader's language is shown; a `RoleName` is shown by the role's title, a tuple listed.
        fields: field name -> text, where several fields of one input are wrong.
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        text: str,
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(text % filled(values) if values else text)
        self.text = text
        self.slug = code or self.code
        self.values = values
        self.fields = dict(fields or {})


class InvalidError(RegistryError):
    """The input does not fit: a file, a row, a field, a choice."""

    code = "invalid"


class NotSignedInError(RegistryError):
    """Nobody is signed in, or the session has ended."""

    code = "not-signed-in"


class ForbiddenError(RegistryError):
    """Who asks may not do this here."""

    code = "forbidden"


class StepUpError(ForbiddenError):
    """The act needs the password (or code) once more, given a few minutes ago at most."""

    code = "step-up"


class PurposeError(ForbiddenError):
    """Who audits says first for what purpose he reads personal data."""

    code = "purpose"


class NotFoundError(RegistryError):
    """There is no such thing, or not for who asks: the two read alike."""

    code = "not-found"


class ConflictError(RegistryError):
    """The state of things does not allow this now."""

    code = "conflict"


class GoneError(RegistryError):
    """A link or a code that was good once: used, expired or recalled."""

    code = "gone"


class TooManyError(RegistryError):
    """Too many tries; says when the next one is open."""

    code = "too-many"


class TooLargeError(RegistryError):
    """A file or a request above its limit."""

    code = "too-large"


class UnavailableError(RegistryError):
    """Something outside does not answer; the work is kept and tried again.

    Attributes:
        wait: not before this time has passed, for whoever does not answer asked for it.
    """

    code = "unavailable"
    wait = timedelta(0)


class TamperedError(RegistryError):
    """Evidence does not hold: a signature, a digest, a proof."""

    code = "tampered"


class SettingsError(RegistryError):
    """A setting keeps the registry from starting; names it and the cure."""

    code = "settings"
