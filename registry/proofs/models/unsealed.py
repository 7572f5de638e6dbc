"""Acts without a sealed document, found by their ids, which grow with time; and the words of notices."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, select

from registry.consents.models.tables import acts, consents
from registry.consents.rules.acts import ActKind
from registry.programmes.models import notice_versions
from registry.proofs.models.sealed import sealed_documents
from registry.storage import marks
from registry.storage.ids import made_at
from registry.trail.models import trail_opening

CLOCK: Final = "proofs.seal"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """An act of a signer that has no sealed document yet, and when its id was made."""

    school_id: UUID
    act_id: UUID
    signer_id: UUID
    made_at: datetime


_sealed = (
    select(sealed_documents.c.act_id)
    .where(sealed_documents.c.school_id == acts.c.school_id, sealed_documents.c.act_id == acts.c.id)
    .exists()
)
_same_consent = and_(consents.c.school_id == acts.c.school_id, consents.c.id == acts.c.consent_id)
# Ids grow with time, so their own index finds what is new. What staff declare invalid is no signer's act.
_unsealed = (
    select(acts.c.school_id, acts.c.id, consents.c.signer_id)
    .join_from(acts, consents, _same_consent)
    .where(acts.c.id >= bindparam("first"), acts.c.kind != ActKind.INVALIDATED.value, ~_sealed)
    .order_by(acts.c.id)
    .limit(bindparam("most"))
)


def unsealed_acts(connection: Connection, first: UUID, most: int) -> list[Unsealed]:
    """List acts without a sealed document from an id on, the oldest first."""
    rows = connection.execute(_unsealed, {"first": first, "most": most})
    return [Unsealed(row.school_id, row.id, row.signer_id, made_at(row.id)) for row in rows]


def first_unseen(connection: Connection, now: datetime) -> UUID:
    """Give the id from which on new acts are looked for."""
    return marks.first_new(connection, CLOCK, now)


def text_of_digest(connection: Connection, sha256: str) -> str | None:
    """Find the words of a notice by their digest, places for values still in them."""
    query = select(notice_versions.c.text).where(notice_versions.c.sha256 == sha256).limit(1)
    return connection.execute(query).scalar()


def may_show(connection: Connection, event_id: UUID, signer_id: UUID) -> bool:
    """Tell whether the evidence of an act stands: of what was destroyed no document is made any more."""
    mine = (trail_opening.c.event_id == event_id) & (trail_opening.c.subject == signer_id)
    return connection.execute(select(trail_opening.c.slot).where(mine)).first() is not None
