"""The agreements on the simple signature as the clock of their cases sees them: offered, and acted on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, select

from registry.consents.models.acts import ActRow, acts_of_consents
from registry.consents.models.tables import acts, consents
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind
from registry.workflows.models.tables import cases

DEFINITION = "code-agreement"
SUBJECT = "code_agreement"
MOST = 500
_of_agreement = consents.c.notice == NoticeKind.CODE_AGREEMENT.value
_case = and_(
    cases.c.definition_id == DEFINITION, cases.c.subject_kind == SUBJECT, cases.c.subject_id == consents.c.id
)


@dataclass(frozen=True, slots=True)
class Offered:
    """An agreement that was offered and has no case yet."""

    consent_id: UUID
    school_id: UUID
    programme: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An agreement with its case: where that is, and whose it is."""

    consent_id: UUID
    school_id: UUID
    case_id: UUID
    state: str


def offered_since(connection: Connection, first: UUID) -> list[Offered]:
    """List agreements that were offered since an id and have no case, the oldest first; `MOST` at a time."""
    without = ~select(cases.c.id).where(_case).exists()
    query = select(consents.c.id, consents.c.school_id, consents.c.programme)
    chosen = query.where(consents.c.id >= first, _of_agreement, without).order_by(consents.c.id).limit(MOST)
    return [Offered(*row) for row in connection.execute(chosen)]


def acted_on_since(connection: Connection, first: UUID) -> list[Standing]:
    """List agreements with an open case on which somebody acted since an id."""
    same = and_(acts.c.school_id == consents.c.school_id, acts.c.consent_id == consents.c.id)
    query = (
        select(consents.c.id, consents.c.school_id, cases.c.id.label("case_id"), cases.c.state)
        .join_from(consents, acts, same)
        .join(cases, _case)
        .where(acts.c.id >= first, _of_agreement, cases.c.closed_at.is_(None))
        .distinct()
    )
    rows: Iterable[Row[*tuple[Any, ...]]] = connection.execute(query)
    return [_standing(row) for row in rows]


def signers_of(agreements: Collection[UUID]) -> Select[tuple[UUID, UUID, UUID]]:
    """Ask for school and signer of some agreements."""
    of = consents.c
    return select(of.id, of.school_id, of.signer_id.label("person_id")).where(of.id.in_(agreements))


def acts_on(connection: Connection, found: Collection[Standing]) -> dict[UUID, list[ActRow]]:
    """Read the acts on some agreements, by the agreement; one statement."""
    return acts_of_consents(connection, [one.consent_id for one in found])


def valid_until(connection: Connection, one: Offered) -> date:
    """Tell until when the consents of an agreement's programme are good."""
    return participation_of(connection, one.school_id, one.programme).programme.valid_until


def _standing(row: Row[*tuple[Any, ...]]) -> Standing:
    return Standing(row.id, row.school_id, row.case_id, row.state)
