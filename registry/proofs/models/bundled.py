"""What a bundle of a consent is read from: openings of the trail's states, texts of notices, the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from registry.consents.models.asking import Consent, get_consent
from registry.consents.models.tables import consents, disclosures
from registry.errors import N_, NotFoundError
from registry.programmes.models import notice_versions, programme_versions
from registry.storage.vault import Vault
from registry.submissions.models.tables import submissions
from registry.trail.append import salt_place
from registry.trail.entries import ObjectRef
from registry.trail.models import trail_event, trail_object


@dataclass(frozen=True, slots=True)
class Committed:
    """The entry that wrote an object's state as it stands: its leaf, and the salt of its commitment."""

    leaf: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Carried:
    """A message that carried data on the strength of some acts; its digest is None once it was replaced."""

    message_id: UUID
    receiver: str
    field_set: str
    act_ids: tuple[str, ...]
    cleared_at: datetime
    sha256: str | None


def committed(connection: Connection, vault: Vault, of: ObjectRef) -> Committed:
    """Read the entry of an object's present state with the salt that opens its commitment.

    Raises:
        NotFoundError: the trail does not know this version of the object.
    """
    joined = trail_object.join(trail_event, trail_event.c.event_id == trail_object.c.event_id)
    of_it = (trail_object.c.kind == of.kind, trail_object.c.id == of.id, trail_object.c.version == of.version)
    row = connection.execute(
        select(trail_event.c.leaf, trail_object.c.salt).select_from(joined).where(*of_it)
    )
    found = row.first()
    if found is None:
        raise NotFoundError(N_("Такой записи нет."))
    return Committed(bytes(found.leaf), vault.open_shared(salt_place(of.kind), of.id, found.salt))


def notice_text(connection: Connection, sha256: str) -> bytes | None:
    """Find the text of a notice by its digest, as it stands on a form; None where there is none."""
    found = connection.execute(select(notice_versions.c.text).where(notice_versions.c.sha256 == sha256))
    text = found.scalars().first()
    return None if text is None else text.encode()


def notice_digest(connection: Connection, consent: Consent, language: str) -> str | None:
    """Give the digest of the notice version that a consent asks, as it was published."""
    of = notice_versions.c
    joined = notice_versions.join(programme_versions, programme_versions.c.id == of.programme_version_id)
    query = (
        select(of.sha256)
        .select_from(joined)
        .where(
            programme_versions.c.programme == consent.programme,
            of.kind == consent.notice.value,
            of.version == consent.notice_version,
            of.language == language,
        )
    )
    return connection.execute(query.order_by(programme_versions.c.published_at.desc())).scalars().first()


def consent_of_any_school(connection: Connection, consent_id: UUID) -> Consent:
    """Read a consent whose school is not known.

    Raises:
        NotFoundError: there is none.
    """
    school_id = connection.execute(select(consents.c.school_id).where(consents.c.id == consent_id)).scalar()
    if school_id is None:
        raise NotFoundError(N_("Такого документа нет."))
    return get_consent(connection, school_id, consent_id)


def messages_on(connection: Connection, consent: Consent, acts: Collection[UUID]) -> list[Carried]:
    """List the messages that the ledger let go on the strength of some acts, in the order of time."""
    of, wanted = disclosures.c, {str(one) for one in acts}
    query = (
        select(
            of.message_id, of.receiver, of.field_set, of.act_ids, of.cleared_at, submissions.c.message_sha256
        )
        .select_from(
            disclosures.outerjoin(
                submissions,
                (submissions.c.school_id == of.school_id) & (submissions.c.message_id == of.message_id),
            )
        )
        .where(of.school_id == consent.school_id, of.student_id == consent.about_id)
        .order_by(of.cleared_at, of.message_id, of.field_set)
    )
    return [
        Carried(
            row.message_id,
            row.receiver,
            row.field_set,
            tuple(row.act_ids),
            row.cleared_at,
            row.message_sha256,
        )
        for row in connection.execute(query)
        if wanted & set(row.act_ids)
    ]
