"""Versions of definitions: published once, never changed, and what every case runs on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from registry.errors import N_, NotFoundError, SettingsError, TamperedError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows import models
from registry.workflows.cases import Case
from registry.workflows.definition import Definition, digest, load_all, parse
from registry.workflows.in_use import check_in_use
from registry.workflows.models import Origin, Version
from registry.workflows.names import NAMES, Names

SHIPPED = Path(__file__).parent / "definitions"
KIND = "workflow_version"

_NUMBER = re.compile(r"^version\s*=\s*[0-9]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Newer:
    """A shipped definition that is newer than what an edited version was made from; it waits for a person."""

    file: str
    definition: Definition
    text: str


def shipped() -> Mapping[str, str]:
    """The definitions that come with the registry: file name and text."""
    return {path.name: path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


def publish(work: Work, texts: Mapping[str, str], names: Names = NAMES) -> tuple[Definition, ...]:
    """Check shipped definitions and store those that are not there yet; running it again changes nothing.

    The database numbers the versions. A file never replaces a version that people made (see `newer`).
    Versions that cases run on or begin with are checked too: a name that lost its owner stops the start.

    Args:
        work: the unit of work.
        texts: file name and TOML text of each definition.
        names: what the rooms own.

    Raises:
        SettingsError: a definition is broken, or differs from the stored version of the same number.
    """
    models.hold_versions(work.connection)
    known = names.known()
    definitions = load_all(texts, known)
    for file, definition in definitions.items():
        _take_in(work, definition, (file, texts[file]))
    check_in_use(work.connection, {one.id for one in definitions.values()}, known)
    return tuple(definitions.values())


def demand_sound(connection: Connection, texts: Mapping[str, str], names: Names = NAMES) -> None:
    """Check the same as `publish` does, and change nothing: for a start of an installation that was set up.

    Raises:
        SettingsError: a definition is broken, or differs from the stored version of the same number.
    """
    known = names.known()
    definitions = load_all(texts, known)
    for file, definition in definitions.items():
        _taken_in(models.versions_of(connection, definition.id), definition, file)
    check_in_use(connection, {one.id for one in definitions.values()}, known)


def newer(connection: Connection, texts: Mapping[str, str]) -> dict[str, Newer]:
    """Shipped definitions that are newer than the edited versions in force, by the definition's id."""
    found = {}
    for file, text in texts.items():
        definition, _ = parse(text)
        held = models.versions_of(connection, definition.id) if definition else []
        if definition and _waits(definition, held):
            found[definition.id] = Newer(file, definition, text)
    return found


def newest(connection: Connection, definition_id: str) -> tuple[Definition, str]:
    """The version that new cases begin with, and its digest.

    Raises:
        NotFoundError: nothing was published under this id.
    """
    held = in_force(connection, definition_id)
    return _definition(connection, definition_id, held.version, held.digest), held.digest


def in_force(connection: Connection, definition_id: str) -> Version:
    """What is known of the version that new cases begin with.

    Raises:
        NotFoundError: nothing was published under this id.
    """
    held = models.newest_version(connection, definition_id)
    if held is None:
        raise NotFoundError(N_("Процесс «%(definition)s» не опубликован."), definition=definition_id)
    return held


def published(connection: Connection) -> list[Definition]:
    """The newest version of every definition, by id."""
    return [definition_at(connection, held) for held in models.newest_versions(connection)]


def definition_of(connection: Connection, case: Case) -> Definition:
    """The version that a case runs on; from memory when this process has seen its digest before."""
    return _definition(connection, case.definition_id, case.version, case.digest)


def definition_at(connection: Connection, held: Version) -> Definition:
    """The definition of a version."""
    return _definition(connection, held.definition_id, held.version, held.digest)


def numbered(definition: Definition, number: int) -> Definition:
    """The same definition as the version of another number."""
    return replace(definition, version=number)


def store(work: Work, held: Version, definition: Definition, text: str) -> Version:
    """Write a version with its entry of the trail; the digest is filled in here.

    Args:
        work: the unit of work; it holds the versions (`models.hold_versions`).
        held: what is known of it.
        definition: checked.
        text: as it was written; its own number gives way to the database's.
    """
    whole = replace(held, digest=digest(numbered(definition, held.version)))
    models.add_version(work.connection, whole, _NUMBER.sub(f"version = {held.version}", text, count=1))
    about = ObjectRef(KIND, whole.id, 1)
    work.record(Entry(EntryType.DEFINITION_PUBLISHED, about, facts_of(whole), None))
    return whole


def facts_of(held: Version) -> dict[str, Json]:
    """The whole state of a version as the trail holds it."""
    state: dict[str, Json] = {
        "definition_id": held.definition_id,
        "version": held.version,
        "digest": held.digest,
    }
    if held.origin is Origin.EDITED:
        state |= {
            "approved_by": str(held.approved_by) if held.approved_by else None,
            "based_on": held.based_on,
            "edited_by": str(held.edited_by) if held.edited_by else None,
            "shipped": held.shipped,
        }
    return state


def _take_in(work: Work, definition: Definition, source: tuple[str, str]) -> None:
    file, text = source
    held = models.versions_of(work.connection, definition.id)
    if _taken_in(held, definition, file):
        return
    if not held or (held[-1].origin is Origin.SHIPPED and definition.version > _last_shipped(held)):
        number = max(definition.version, held[-1].version + 1 if held else 1)
        version = Version(
            definition_id=definition.id,
            version=number,
            id=work.new_id(),
            digest="",
            published_at=work.now,
            origin=Origin.SHIPPED,
            shipped=definition.version,
        )
        store(work, version, definition, text)


def _taken_in(held: list[Version], definition: Definition, file: str) -> bool:
    same = next((one for one in held if _is_file(one, definition)), None)
    if same is not None and digest(numbered(definition, same.version)) != same.digest:
        raise SettingsError(
            N_("%(file)s: версия %(version)s уже опубликована с другим содержанием; увеличьте version."),
            code="version-taken",
            file=file,
            version=definition.version,
        )
    return same is not None


def _is_file(held: Version, definition: Definition) -> bool:
    return held.origin is Origin.SHIPPED and held.shipped == definition.version


def _waits(definition: Definition, held: list[Version]) -> bool:
    edited = bool(held) and held[-1].origin is Origin.EDITED
    return edited and definition.version > _last_shipped(held)


def _last_shipped(held: list[Version]) -> int:
    return max((one.shipped or 0 for one in held), default=0)


def _definition(connection: Connection, definition_id: str, version: int, held: str) -> Definition:
    found = _seen.get(held)
    if found is None:
        found = _read(connection, definition_id, version)
        if digest(found) != held:
            raise TamperedError(
                N_("Версия %(version)s процесса «%(definition)s» не сходится со своим отпечатком."),
                version=version,
                definition=definition_id,
            )
        _seen[held] = found
    return found


_seen: dict[str, Definition] = {}
"""Definitions by digest: what a digest names never changes, whichever database it came from."""


def _read(connection: Connection, definition_id: str, version: int) -> Definition:
    text = models.text_of(connection, definition_id, version)
    definition, _ = parse(text or "")
    if definition is None:
        raise TamperedError(
            N_("Версия %(version)s процесса «%(definition)s» в базе данных повреждена."),
            version=version,
            definition=definition_id,
        )
    return numbered(definition, version)
