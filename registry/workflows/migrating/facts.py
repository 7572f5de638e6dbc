"""What the trail holds of sets that were moved to another version, and of the cases that moved in them.

A set has one entry for all its cases. So the last state that the trail holds of a case by itself is the one
before the set moved: it is worked out from the case as it stands and from the set's lines of history, and a
case that does not stand where its set put it is shown as it stands, which no entry holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.workflows import models, versions
from registry.workflows.cases import Case
from registry.workflows.definition import Definition
from registry.workflows.migrating.routing import assigned
from registry.workflows.models import Migration

KIND = "case_migration"


@dataclass(frozen=True, slots=True)
class _Set:
    """A set that was moved, its two definitions and their digests."""

    migration: Migration
    old: Definition
    new: Definition
    digests: tuple[str, str]


def state_of(connection: Connection, migration: Migration) -> dict[str, Json]:
    """The whole state of a set as the trail holds it: the lines of history of its cases by their digest."""
    numbers = {one.version: one.digest for one in models.versions_of(connection, migration.definition_id)}
    count, roll = _roll(connection, migration.id)
    return {
        "actor": str(migration.actor_id) if migration.actor_id else None,
        "definition_id": migration.definition_id,
        "digests": [numbers.get(migration.source), numbers.get(migration.target)],
        "lines_sha256": roll,
        "mapping": dict(migration.mapping),
        "moved": count,
        "source": migration.source,
        "target": migration.target,
    }


def present_sets(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each set, for the verifier of the trail."""
    for migration in models.migrations(connection):
        yield migration.id, 1, state_of(connection, migration)


def before_sets(connection: Connection, cases: Iterator[Case]) -> Iterator[Case]:
    """Give each case as the last entry of its own holds it."""
    sets = {one.migration.id: one for one in _sets(connection)}
    lines: dict[UUID, dict[int, Row[Any]]] = defaultdict(dict)
    for line in models.moved_lines(connection) if sets else ():
        lines[line.case_id][line.number] = line
    for case in cases:
        yield _before(case, lines.get(case.id, {}), sets)


def _before(case: Case, lines: Mapping[int, Row[Any]], sets: Mapping[UUID, _Set]) -> Case:
    standing = case
    while (line := lines.get(standing.revision)) is not None:
        earlier = _undone(standing, line, sets.get(line.migration_id))
        if earlier is None:
            return case
        standing = earlier
    return standing


def _undone(case: Case, line: Row[Any], moved: _Set | None) -> Case | None:
    """The case before its set moved; None when it does not stand where the set put it."""
    if moved is None or moved.migration.mapping.get(line.source) != line.target:
        return None
    before = (line.before_role, line.before_person)
    states = (moved.old.state(line.source), moved.new.state(line.target))
    put = replace(
        case,
        version=moved.new.version,
        digest=moved.digests[1],
        state=line.target,
        closed_at=None,
        assignee_role=assigned(*states, before)[0],
        assignee_person=assigned(*states, before)[1],
    )
    if put != case:
        return None
    return replace(
        case,
        version=moved.old.version,
        digest=moved.digests[0],
        state=line.source,
        revision=case.revision - 1,
        set_moves=case.set_moves - 1,
        assignee_role=before[0],
        assignee_person=before[1],
    )


def _sets(connection: Connection) -> Iterator[_Set]:
    held = {(one.definition_id, one.version): one for one in models.every_version(connection)}
    for migration in models.migrations(connection):
        old, new = (held[migration.definition_id, one] for one in (migration.source, migration.target))
        definitions = [versions.definition_at(connection, one) for one in (old, new)]
        yield _Set(migration, definitions[0], definitions[1], (old.digest, new.digest))


def _roll(connection: Connection, migration_id: UUID) -> tuple[int, str]:
    count, digest = 0, sha256()
    for line in models.moved_lines(connection, migration_id):
        said = (line.case_id, line.number, line.source, line.target, line.before_role, line.before_person)
        digest.update(("\t".join(map(str, said)) + "\n").encode())
        count += 1
    return count, digest.hexdigest()
