"""Versions of definitions: published once, never changed, and what every case runs on."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from registry.errors import N_, NotFoundError, SettingsError, TamperedError
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows.cases import Case
from registry.workflows.definition import Definition, digest, load, load_all, parse
from registry.workflows.models import cases, workflow_versions
from registry.workflows.names import NAMES, Names

SHIPPED = Path(__file__).parent / "definitions"


def shipped() -> Mapping[str, str]:
    """The definitions that come with the registry: file name and text."""
    return {path.name: path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


def publish(work: Work, texts: Mapping[str, str], names: Names = NAMES) -> tuple[Definition, ...]:
    """Check definitions and store those versions that are not there yet; running it again changes nothing.

    Versions that open cases run on are checked too: a name that lost its owner stops the start.

    Args:
        work: the unit of work.
        texts: file name and TOML text of each definition.
        names: what the rooms own.

    Raises:
        SettingsError: a definition is broken, or differs from the stored version of the same number.
    """
    known = names.known()
    definitions = load_all(texts, known)
    stored = _digests(work.connection)
    for file, definition in definitions.items():
        held = stored.get((definition.id, definition.version))
        if held is None:
            _store(work, definition, texts[file])
        elif held != digest(definition):
            raise SettingsError(
                N_("%(file)s: версия %(version)s уже опубликована с другим содержанием; увеличьте version."),
                code="version-taken",
                file=file,
                version=definition.version,
            )
    for place, text in _running(work.connection).items():
        load(text, place, known)
    return tuple(definitions.values())


def newest(connection: Connection, definition_id: str) -> tuple[Definition, str]:
    """The version that new cases begin with, and its digest.

    Raises:
        NotFoundError: nothing was published under this id.
    """
    asked = (
        select(workflow_versions.c.version, workflow_versions.c.digest)
        .where(workflow_versions.c.definition_id == definition_id)
        .order_by(workflow_versions.c.version.desc())
        .limit(1)
    )
    row = connection.execute(asked).first()
    if row is None:
        raise NotFoundError(N_("Процесс «%(definition)s» не опубликован."), definition=definition_id)
    return _definition(connection, definition_id, row.version, row.digest), row.digest


def published(connection: Connection) -> list[Definition]:
    """The newest version of every definition, by id."""
    table = workflow_versions
    last = (
        select(table.c.definition_id, func.max(table.c.version).label("version"))
        .group_by(table.c.definition_id)
        .subquery()
    )
    asked = (
        select(table.c.definition_id, table.c.version, table.c.digest)
        .join(last, (last.c.definition_id == table.c.definition_id) & (last.c.version == table.c.version))
        .order_by(table.c.definition_id)
    )
    rows = connection.execute(asked).all()
    return [_definition(connection, row.definition_id, row.version, row.digest) for row in rows]


def definition_of(connection: Connection, case: Case) -> Definition:
    """The version that a case runs on; from memory when this process has seen its digest before."""
    return _definition(connection, case.definition_id, case.version, case.digest)


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
    place = (workflow_versions.c.definition_id == definition_id) & (workflow_versions.c.version == version)
    text = connection.execute(select(workflow_versions.c.text).where(place)).scalar_one()
    definition, _ = parse(text)
    if definition is None:
        raise TamperedError(
            N_("Версия %(version)s процесса «%(definition)s» в базе данных повреждена."),
            version=version,
            definition=definition_id,
        )
    return definition


def _digests(connection: Connection) -> dict[tuple[str, int], str]:
    table = workflow_versions
    rows = connection.execute(select(table.c.definition_id, table.c.version, table.c.digest))
    return {(row.definition_id, row.version): row.digest for row in rows}


def _running(connection: Connection) -> dict[str, str]:
    """Texts of the versions with open cases, by a name that says where they are."""
    table = workflow_versions
    open_case = (
        select(cases.c.id)
        .where(
            cases.c.definition_id == table.c.definition_id,
            cases.c.version == table.c.version,
            cases.c.closed_at.is_(None),
        )
        .exists()
    )
    rows = connection.execute(select(table.c.definition_id, table.c.version, table.c.text).where(open_case))
    return {f"{row.definition_id}, {row.version}": row.text for row in rows}


def _store(work: Work, definition: Definition, text: str) -> None:
    version_id: UUID = work.new_id()
    state: dict[str, Json] = {
        "definition_id": definition.id,
        "version": definition.version,
        "digest": digest(definition),
    }
    row = {"id": version_id, "text": text, "published_at": work.now, **state}
    work.connection.execute(insert(workflow_versions), row)
    about = ObjectRef("workflow_version", version_id, 1)
    work.record(Entry(EntryType.DEFINITION_PUBLISHED, about, state, None))
