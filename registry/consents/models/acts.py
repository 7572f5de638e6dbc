"""Acts as rows: added, never changed; read with what their consents say."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, and_, bindparam, select, union

from registry.consents.models.asking import Consent
from registry.consents.models.tables import acts, consents
from registry.consents.rules.acts import Act, ActKind
from registry.consents.rules.capacity import Capacity
from registry.errors import N_, NotFoundError
from registry.programmes.rules import Means, NoticeKind
from registry.storage.queries import among


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow(Act):
    """An act with its circumstances.

    Attributes:
        text_sha256: of the text as rendered for the signer, or of the notice where it was signed on paper.
        recorded_by: the member of staff who entered it; None when the signer acted himself.
        place: where the paper lies. reason: why an act was declared invalid.
        contact_changed: the code went to a contact that staff had changed.
    """

    school_id: UUID
    programme: str
    consent_id: UUID
    capacity: Capacity
    text_sha256: str
    language: str
    recorded_by: UUID | None
    place: str | None
    reason: str | None
    presentation_id: UUID | None
    contact_changed: bool


_same_consent = and_(consents.c.school_id == acts.c.school_id, consents.c.id == acts.c.consent_id)
_columns = select(
    acts,
    consents.c.programme,
    consents.c.notice,
    consents.c.notice_version,
    consents.c.signer_id,
    consents.c.about_id,
)
_read = _columns.join_from(acts, consents, _same_consent)
_in_order = _read.order_by(acts.c.on_day, acts.c.recorded_at, acts.c.id)
_one_act = _read.where(acts.c.school_id == bindparam("school"), acts.c.id == bindparam("act"))
_people: BindParameter[UUID] = bindparam("people", expanding=True)
_asked = select(consents.c.id).where(
    consents.c.school_id == bindparam("school"), consents.c.programme == bindparam("programme")
)
# A union, because "about or by them" in one condition looks at every consent of the school.
_asked_of_people = union(
    _asked.where(consents.c.about_id.in_(_people)), _asked.where(consents.c.signer_id.in_(_people))
)
_of_signer = (
    _columns.add_columns(consents.c.id.label("asked_id"), consents.c.asked_at)
    .join_from(consents, acts, _same_consent, isouter=True)
    .where(
        consents.c.school_id == bindparam("school"),
        consents.c.programme == bindparam("programme"),
        consents.c.signer_id == bindparam("signer"),
    )
    .order_by(consents.c.asked_at, consents.c.id)
)
_of_people = _in_order.where(acts.c.school_id == bindparam("school"), acts.c.consent_id.in_(_asked_of_people))


def acts_of_programme(connection: Connection, school_id: UUID, programme: str) -> list[ActRow]:
    """Read every act of a school in a programme, agreements included; one statement."""
    return _acts(connection, and_(consents.c.school_id == school_id, consents.c.programme == programme))


def acts_of_people(
    connection: Connection, school_id: UUID, programme: str, people: set[UUID]
) -> list[ActRow]:
    """Read the acts about some people or by them; one statement."""
    chosen = {"school": school_id, "programme": programme, "people": list(people)}
    return [_act(row) for row in connection.execute(_of_people, chosen)]


def asked_and_done(
    connection: Connection, school_id: UUID, programme: str, signer_id: UUID
) -> tuple[list[Consent], list[ActRow]]:
    """Read what was asked of one signer, in the order of asking, and his acts on it; one statement."""
    rows = connection.execute(
        _of_signer, {"school": school_id, "programme": programme, "signer": signer_id}
    ).all()
    asked = {row.asked_id: _asked_in(row, school_id) for row in rows}
    return list(asked.values()), [_act(row) for row in rows if row.id is not None]


def _asked_in(row: Row[*tuple[Any, ...]], school_id: UUID) -> Consent:
    return Consent(
        row.asked_id,
        school_id,
        row.programme,
        NoticeKind(row.notice),
        row.notice_version,
        row.signer_id,
        row.about_id,
        row.asked_at,
    )


def acts_of_consents(connection: Connection, consent_ids: Collection[UUID]) -> dict[UUID, list[ActRow]]:
    """Read the acts on some documents, by the document; one statement."""
    found: dict[UUID, list[ActRow]] = defaultdict(list)
    for one in _acts(connection, among(connection, acts.c.consent_id, consent_ids)) if consent_ids else ():
        found[one.consent_id].append(one)
    return found


def people_of_acts_since(connection: Connection, school_id: UUID, since: datetime) -> set[UUID]:
    """Name the people of a school about whom or by whom something was recorded since a moment."""
    told = select(consents.c.about_id, consents.c.signer_id).join_from(acts, consents, _same_consent)
    rows = connection.execute(told.where(acts.c.school_id == school_id, acts.c.recorded_at >= since))
    return {person for row in rows for person in row}


def get_act(connection: Connection, school_id: UUID, act_id: UUID) -> ActRow:
    """Read one act of a school.

    Raises:
        NotFoundError: the school has no such act.
    """
    found = connection.execute(_one_act, {"school": school_id, "act": act_id}).first()
    if found is None:
        raise NotFoundError(N_("Такой записи нет."))
    return _act(found)


def every_act(connection: Connection) -> list[ActRow]:
    """Read every act of the installation, for the verifier of the trail."""
    return _acts(connection, acts.c.id.is_not(None))


def _acts(connection: Connection, chosen: ColumnElement[bool]) -> list[ActRow]:
    return [_act(row) for row in connection.execute(_in_order.where(chosen))]


def _act(row: Row[*tuple[Any, ...]]) -> ActRow:
    return ActRow(
        id=row.id,
        notice=NoticeKind(row.notice),
        signer=row.signer_id,
        about=row.about_id,
        kind=ActKind(row.kind),
        means=Means(row.means),
        on_day=row.on_day,
        recorded_at=row.recorded_at,
        agreement=row.agreement_act_id,
        invalidates=row.invalidates,
        school_id=row.school_id,
        programme=row.programme,
        consent_id=row.consent_id,
        notice_version=row.notice_version,
        capacity=Capacity(row.capacity),
        text_sha256=row.text_sha256,
        language=row.language,
        recorded_by=row.recorded_by,
        place=row.place,
        reason=row.reason,
        presentation_id=row.presentation_id,
        contact_changed=row.contact_changed,
    )
