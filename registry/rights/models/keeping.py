"""What stands about a person, and whether any of it must be kept for now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select

from registry.consents.models.tables import acts, consents
from registry.consents.rules.evidence import RETENTION
from registry.people.models.batches import BatchState
from registry.people.models.tables import enrolments, guardianships, persons, roster_batches
from registry.rights.rules import Kept
from registry.storage.vault import subject_keys
from registry.submissions.models.tables import submission_lines, submissions
from registry.workflows.models.tables import cases


@dataclass(frozen=True, slots=True)
class Circle:
    """A person with those of whose papers he is a part.

    Attributes:
        wards: students whose guardian he is or was.
        guardians: his own guardians.
        schools: where he or a ward of his is or was enrolled.
    """

    person_id: UUID
    wards: frozenset[UUID]
    guardians: frozenset[UUID]
    schools: frozenset[UUID]

    @property
    def students(self) -> list[UUID]:
        """Himself and his wards: under whose names lines of messages stand."""
        return [self.person_id, *sorted(self.wards)]


def circle_of(connection: Connection, person_id: UUID) -> Circle | None:
    """Find a person whose data stand; None when there is none, or they were destroyed."""
    standing = select(subject_keys.c.subject).where(subject_keys.c.subject == person_id)
    known = select(persons.c.id).where(persons.c.id.in_(standing))
    if connection.execute(known).first() is None:
        return None
    wards = _ids(
        connection, select(guardianships.c.student_id).where(guardianships.c.guardian_id == person_id)
    )
    ties = select(guardianships.c.guardian_id).where(guardianships.c.student_id == person_id)
    places = select(enrolments.c.school_id).where(enrolments.c.person_id.in_([person_id, *wards]))
    return Circle(person_id, wards, _ids(connection, ties), _ids(connection, places))


def kept_of(connection: Connection, circle: Circle, now: datetime) -> set[Kept]:
    """Tell why the data of a person must be kept for now; three statements."""
    open_messages = (
        select(func.count())
        .select_from(submission_lines)
        .join(submissions, submissions.c.id == submission_lines.c.submission_id)
        .join(cases, cases.c.id == submissions.c.case_id)
        .where(submission_lines.c.student_id.in_(circle.students), cases.c.closed_at.is_(None))
    )
    open_lists = (
        select(func.count())
        .select_from(roster_batches)
        .join(cases, cases.c.id == roster_batches.c.case_id)
        .where(roster_batches.c.school_id.in_(circle.schools), cases.c.state == BatchState.REVIEW.value)
    )
    whose = or_(consents.c.signer_id == circle.person_id, consents.c.about_id == circle.person_id)
    young = (
        select(func.count())
        .select_from(acts)
        .join(consents, consents.c.id == acts.c.consent_id)
        .where(whose, acts.c.recorded_at > now - RETENTION)
    )
    asked = {Kept.OPEN_SUBMISSION: open_messages, Kept.OPEN_LIST: open_lists, Kept.RETENTION: young}
    return {kept for kept, query in asked.items() if connection.execute(query).scalar_one()}


def _ids(connection: Connection, query: Select[UUID]) -> frozenset[UUID]:
    return frozenset(connection.execute(query).scalars())
