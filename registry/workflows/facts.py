"""What the trail holds of cases, of versions and drafts of definitions, and of sets of cases that moved."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.workflows import models, versions
from registry.workflows.cases import facts, own_version
from registry.workflows.drafts import facts as drafts
from registry.workflows.migrating import facts as migrating
from registry.workflows.models.cases import every

KIND = "case"


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each case, for the verifier of the trail."""
    for case in migrating.before_sets(connection, every(connection)):
        yield case.id, own_version(case), facts(case)


def present_versions(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each version of a definition."""
    for held in models.every_version(connection):
        yield held.id, 1, versions.facts_of(held)


def present_drafts(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each draft."""
    for draft in models.every_draft(connection):
        yield draft.id, draft.revision, drafts.state_of(draft)


BESIDES: Final = {
    versions.KIND: present_versions,
    drafts.KIND: present_drafts,
    migrating.KIND: migrating.present_sets,
}
"""What tells of the engine's objects besides the cases."""
