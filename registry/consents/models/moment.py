"""The moment of signing: everything that the last click of a signer needs, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select

from registry.consents.models.moment_query import FIND, HOLD
from registry.consents.rules.acts import Act, ActKind
from registry.consents.rules.families import Card, Guardian
from registry.programmes.rules import Means, NoticeKind
from registry.trail.pseudonyms import Known


@dataclass(frozen=True, slots=True)
class Shown:
    """The text that was given to read.

    Attributes:
        age: the student's full years on `on_day`.
        made_of: versions of everything that the text was made of, then.
    """

    id: UUID
    language: str
    text_sha256: str
    age: int | None
    on_day: date
    served_at: datetime
    made_of: str


@dataclass(frozen=True, slots=True)
class Tie:
    """By which record of a guardianship somebody acts, in which of its versions, and what he is by it."""

    id: UUID
    version: int
    relation: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One signer before one document.

    Attributes:
        enrolled, grade: of the student whom the document is about; guardian: the signer's tie to him.
        identified: how it was found out who sits there, sealed for the signer.
        tie: the id of the signer's tie to the student, its version and what he is to him.
        history: every act of the signer in the programme.
        made_of: versions of everything that a text is made of, now.
        signer_name: words of his name on the card, in their usual order.
        met: whom of the two the trail knows, with their keys.
    """

    school_id: UUID
    consent_id: UUID
    programme: str
    version_id: UUID
    notice: NoticeKind
    notice_version: str
    signer_id: UUID
    about_id: UUID
    code_id: UUID | None
    auth: str
    contact_changed: bool
    identified: bytes | None
    ends_at: datetime
    shown: Shown | None
    enrolled: bool
    grade: int | None
    guardian: Guardian | None
    tie: Tie | None
    signer_name: tuple[str, ...]
    history: tuple[Act, ...]
    made_of: str
    met: Mapping[UUID, Known]


@dataclass(frozen=True, slots=True)
class Where:
    """Which document of which sitting; the text that was shown, where there was one."""

    school_id: UUID
    sitting_id: UUID
    consent_id: UUID
    presentation_id: UUID | None = None


def find_moment(connection: Connection, where: Where, on: date) -> Moment | None:
    """Read everything about one signer before one document; one statement.

    Args:
        connection: of any transaction.
        where: school, sitting, document, and the text that was shown, if any.
        on: the legal day.
    """
    return _found(connection, FIND, where, on)


def hold_moment(connection: Connection, where: Where, on: date) -> Moment | None:
    """Read the same, and let nobody else act on the document until the transaction ends."""
    return _found(connection, HOLD, where, on)


def _found(connection: Connection, query: Select[*tuple[Any, ...]], where: Where, on: date) -> Moment | None:
    rows = connection.execute(
        query,
        {
            "of_school": where.school_id,
            "of_sitting": where.sitting_id,
            "of_consent": where.consent_id,
            "of_presentation": where.presentation_id,
            "on_day": on,
        },
    ).all()
    return _moment(rows) if rows else None


def _moment(rows: Sequence[Row[*tuple[Any, ...]]]) -> Moment:
    row = rows[0]
    return Moment(
        school_id=row.school_id,
        consent_id=row.consent_id,
        programme=row.programme,
        version_id=row.version_id,
        notice=NoticeKind(row.notice),
        notice_version=row.notice_version,
        signer_id=row.signer_id,
        about_id=row.about_id,
        code_id=row.code_id,
        auth=row.auth,
        contact_changed=row.contact_changed,
        identified=row.identified,
        ends_at=row.ends_at,
        shown=_shown(row) if row.shown_id else None,
        enrolled=row.enrolment_id is not None,
        grade=row.grade,
        guardian=_guardian(row) if row.valid_from else None,
        tie=Tie(row.tie_id, row.tie_version, row.relation) if row.tie_id else None,
        signer_name=tuple(part for part in (row.last_name, row.first_name, row.middle_name) if part),
        history=tuple({one.act_id: _act(one) for one in rows if one.act_id}.values()),
        made_of=_made_of(row),
        met=_met(row),
    )


def _met(row: Row[*tuple[Any, ...]]) -> dict[UUID, Known]:
    seen = (
        (row.signer_id, row.signer_ref, row.signer_key),
        (row.about_id, row.about_ref, row.about_key),
    )
    return {person: Known(ref, key) for person, ref, key in seen if ref and key}


def _made_of(row: Row[*tuple[Any, ...]]) -> str:
    parts = (
        row.version_id,
        row.signer_version,
        row.about_version,
        row.tie_version,
        row.school_version,
        row.class_id,
    )
    return "/".join("" if part is None else str(part) for part in parts)


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    return Shown(
        row.shown_id, row.language, row.text_sha256, row.age, row.shown_on, row.served_at, row.made_of
    )


def _guardian(row: Row[*tuple[Any, ...]]) -> Guardian:
    return Guardian(Card(row.signer_id), row.valid_from, row.valid_until, row.barred)


def _act(row: Row[*tuple[Any, ...]]) -> Act:
    return Act(
        id=row.act_id,
        notice=NoticeKind(row.act_notice),
        signer=row.signer_id,
        about=row.act_about,
        kind=ActKind(row.kind),
        means=Means(row.means),
        on_day=row.act_on,
        recorded_at=row.recorded_at,
        agreement=row.agreement_act_id,
        invalidates=row.invalidates,
        notice_version=row.act_version,
    )
