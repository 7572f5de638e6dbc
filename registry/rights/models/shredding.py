"""The shredding of what was held for one consent alone: evidence, texts, scans, readable messages.

The acts stay as rows without content, the digests and the commitments of the trail too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from registry.consents.facts import KIND as ACT
from registry.consents.models.tables import act_scans, acts, consents, presentations
from registry.people.models.tables import enrolments, guardianships
from registry.storage.queries import among
from registry.submissions.message import Kind
from registry.submissions.models.tables import submission_lines, submissions
from registry.trail.pseudonyms import forget_objects
from registry.workflows.models.tables import cases

IDLE: Final = ("collecting", "ready", "rejected")
"""States of a submission in which no frozen bytes are needed any more: the next message is built anew."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: whose, about whom, in which school and programme; and the acts on it."""

    school_id: UUID
    programme: str
    consent_id: UUID
    signer_id: UUID
    about_id: UUID
    acts: tuple[UUID, ...]

    @property
    def people(self) -> list[UUID]:
        """The signer, and the student where it is another."""
        return list(dict.fromkeys((self.signer_id, self.about_id)))


@dataclass(frozen=True, slots=True)
class Shredded:
    """What was destroyed: counts, and the files that nobody names any more and that must go after."""

    evidence: int
    texts: int
    scans: int
    payloads: int
    files: tuple[UUID, ...]


def paper_of(connection: Connection, school_id: UUID, consent_id: UUID) -> Paper:
    """Read a document with the ids of all acts on it."""
    row = connection.execute(
        select(consents).where(consents.c.school_id == school_id, consents.c.id == consent_id)
    ).one()
    on_it = select(acts.c.id).where(acts.c.school_id == school_id, acts.c.consent_id == consent_id)
    found = tuple(connection.execute(on_it.order_by(acts.c.id)).scalars())
    return Paper(school_id, row.programme, consent_id, row.signer_id, row.about_id, found)


def shred(connection: Connection, paper: Paper) -> Shredded:
    """Destroy what a document's acts say and show; the entries that tell of it are the caller's."""
    evidence = forget_objects(connection, ACT, paper.acts)
    texts = connection.execute(
        delete(presentations).where(
            presentations.c.school_id == paper.school_id, presentations.c.consent_id == paper.consent_id
        )
    ).rowcount
    scans, payloads = _drop_scans(connection, paper), _drop_payloads(connection, paper)
    return Shredded(evidence, texts, len(scans), len(payloads), (*scans, *payloads))


def _drop_scans(connection: Connection, paper: Paper) -> list[UUID]:
    mine = and_(act_scans.c.school_id == paper.school_id, among(connection, act_scans.c.act_id, paper.acts))
    files = list(connection.execute(select(act_scans.c.scan_file).where(mine)).scalars())
    connection.execute(delete(act_scans).where(mine))
    return files


def _drop_payloads(connection: Connection, paper: Paper) -> list[UUID]:
    """Drop the readable contents of messages that carried the student; sealed ones and digests stay."""
    carried = select(submission_lines.c.submission_id).where(
        submission_lines.c.school_id == paper.school_id,
        submission_lines.c.student_id == paper.about_id,
        submission_lines.c.entry_id.is_not(None),
    )
    over = select(cases.c.id).where(or_(cases.c.closed_at.is_not(None), cases.c.state.in_(IDLE)))
    mine = (
        submissions.c.school_id == paper.school_id,
        submissions.c.programme == paper.programme,
        submissions.c.id.in_(carried),
        submissions.c.case_id.in_(over),
        submissions.c.payload_file.is_not(None),
    )
    files = [
        one for one in connection.execute(select(submissions.c.payload_file).where(*mine)).scalars() if one
    ]
    connection.execute(update(submissions).where(*mine).values(payload_file=None))
    return files


def places_of(connection: Connection, paper: Paper) -> list[str]:
    """Name where the papers of a document's acts lie: the registry destroys no paper, people do."""
    mine = (acts.c.school_id == paper.school_id, acts.c.consent_id == paper.consent_id)
    query = select(acts.c.place).where(*mine, acts.c.place.is_not(None)).order_by(acts.c.id)
    return [one for one in dict.fromkeys(connection.execute(query).scalars()) if one]


def in_open_message(connection: Connection, paper: Paper) -> bool:
    """Tell whether a message that is under way carries the student: its bytes are still needed."""
    query = (
        select(func.count())
        .select_from(submission_lines)
        .join(submissions, submissions.c.id == submission_lines.c.submission_id)
        .join(cases, cases.c.id == submissions.c.case_id)
        .where(
            submission_lines.c.school_id == paper.school_id,
            submission_lines.c.student_id == paper.about_id,
            submission_lines.c.entry_id.is_not(None),
            submissions.c.programme == paper.programme,
            submissions.c.kind != Kind.WITHDRAWAL.value,
            cases.c.closed_at.is_(None),
            cases.c.state.not_in(IDLE),
        )
    )
    return bool(connection.execute(query).scalar_one())


def stands_at_school(connection: Connection, person_id: UUID, today: date) -> bool:
    """Tell whether a person is a student anywhere from today on, or the guardian of one."""
    standing = or_(enrolments.c.valid_until.is_(None), enrolments.c.valid_until > today)
    wards = select(guardianships.c.student_id).where(
        guardianships.c.guardian_id == person_id,
        or_(guardianships.c.valid_until.is_(None), guardianships.c.valid_until > today),
    )
    his = or_(enrolments.c.person_id == person_id, enrolments.c.person_id.in_(wards))
    return connection.execute(select(enrolments.c.id).where(standing, his).limit(1)).first() is not None


def programmes_of(connection: Connection, person_id: UUID) -> list[tuple[UUID, str]]:
    """Name the schools and programmes in which a person was asked or asked about."""
    his = or_(consents.c.signer_id == person_id, consents.c.about_id == person_id)
    query = select(consents.c.school_id, consents.c.programme).where(his).distinct()
    return [(row.school_id, row.programme) for row in connection.execute(query)]
