"""Files of signatures beside acts, as rows: attached later, and no part of the act."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    insert,
    select,
    update,
)

from registry.consents.rules.signatures import Match
from registry.documents.cms.said import Said, read_said, write_said
from registry.documents.cms.verifying import Verdict
from registry.errors import N_, NotFoundError
from registry.storage.queries import among
from registry.storage.schema import NAMES_FILE, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_subject
from registry.storage.vault import Vault

SAID: Final = "act_signatures.said"

act_signatures = Table(
    "act_signatures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("act_id", Uuid, nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("signature_file", Uuid, info={NAMES_FILE: True}),
    Column("sha256", String(64), nullable=False),
    Column("algorithm", String(60), nullable=False),
    Column("match", String(20), nullable=False),
    Column("document_sha256", String(64)),
    Column("verdict", String(20), nullable=False),
    Column("judged_by", String(200)),
    Column("said", SealedBytes, info=under_subject("signer_id")),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", Uuid),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "act_id", "sha256"),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
)
"""Rows and digests stay; file and what it says of people go with the content of the act."""


@dataclass(frozen=True, slots=True)
class KeptSignature:
    """A file of a signature that was attached to an act.

    Attributes:
        signer_id: whose act it is: the one whose key what it says is sealed under.
        signature_file: where it is kept; None once it was destroyed.
        sha256: of the file. algorithm: of the digest in it, an OID.
        match, document_sha256: which document of the act that digest fits.
        verdict, judged_by: whether it was judged to hold, and by what.
        added_by: the member of staff who attached it; None where its signer did.
    """

    id: UUID
    school_id: UUID
    act_id: UUID
    signer_id: UUID
    signature_file: UUID | None
    sha256: str
    algorithm: str
    match: Match
    document_sha256: str | None
    verdict: Verdict
    judged_by: str | None
    added_at: datetime
    added_by: UUID | None


@dataclass(frozen=True, slots=True)
class OpenedSignature:
    """A kept file with what it says of itself; None once that was destroyed."""

    kept: KeptSignature
    said: Said | None


_NAMES: Final = tuple(one.name for one in fields(KeptSignature))
_COLUMNS: Final = tuple(act_signatures.c[name] for name in _NAMES)


def add_signature(connection: Connection, vault: Vault, kept: KeptSignature, said: Said) -> None:
    """Write down a file and, under the signer's key, what it says."""
    sealed = vault.seal(vault.key_of(connection, kept.signer_id), SAID, kept.id, write_said(said))
    row = {name: getattr(kept, name) for name in _NAMES}
    row |= {"match": kept.match.value, "verdict": kept.verdict.value, "said": sealed}
    connection.execute(insert(act_signatures), row)


def get_signature(connection: Connection, school_id: UUID, act_id: UUID, signature_id: UUID) -> KeptSignature:
    """Read one file of an act.

    Raises:
        NotFoundError: there is none like it.
    """
    of = act_signatures.c
    mine = (of.school_id == school_id, of.act_id == act_id, of.id == signature_id)
    row = connection.execute(select(*_COLUMNS).where(*mine)).first()
    if row is None:
        raise NotFoundError(N_("Такого файла подписи нет."))
    return _kept(row)


def signatures_of_act(
    connection: Connection, vault: Vault, school_id: UUID, act_id: UUID
) -> list[OpenedSignature]:
    """List the files of an act with what they say, the oldest first."""
    of = act_signatures.c
    query = _whole().where(of.school_id == school_id, of.act_id == act_id)
    rows = connection.execute(query).all()
    keys = vault.keys_of(connection, {row.signer_id for row in rows}) if rows else {}
    return [_opened(vault, row, keys) for row in rows]


def count_of_acts(connection: Connection, school_id: UUID, act_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count the files of some acts; acts without one are left out."""
    of = act_signatures.c
    chosen = (of.school_id == school_id, among(connection, of.act_id, act_ids))
    found: dict[UUID, int] = {}
    for act_id in connection.execute(select(of.act_id).where(*chosen)).scalars():
        found[act_id] = found.get(act_id, 0) + 1
    return found


def drop_signatures(connection: Connection, school_id: UUID, act_ids: Collection[UUID]) -> list[UUID]:
    """Let go of what the files of some acts hold and say; gives the files, which must be deleted after."""
    of = act_signatures.c
    mine = and_(of.school_id == school_id, among(connection, of.act_id, act_ids), of.said.is_not(None))
    files = [one for one in connection.execute(select(of.signature_file).where(mine)).scalars() if one]
    connection.execute(update(act_signatures).where(mine).values(signature_file=None, said=None))
    return files


def every_signature(connection: Connection) -> list[KeptSignature]:
    """Read all of the installation, for the verifier of the trail."""
    return [_kept(row) for row in connection.execute(select(*_COLUMNS))]


def _whole() -> Select[*tuple[Any, ...]]:
    of = act_signatures.c
    return select(*_COLUMNS, of.said).order_by(of.added_at, of.id)


def _opened(vault: Vault, row: Row[*tuple[Any, ...]], keys: dict[UUID, Any]) -> OpenedSignature:
    key = keys.get(row.signer_id)
    if row.said is None or key is None:
        return OpenedSignature(_kept(row), None)
    return OpenedSignature(_kept(row), read_said(vault.open_text(key, SAID, row.id, row.said)))


def _kept(row: Row[*tuple[Any, ...]]) -> KeptSignature:
    told = {name: getattr(row, name) for name in _NAMES}
    return KeptSignature(**told | {"match": Match(row.match), "verdict": Verdict(row.verdict)})
