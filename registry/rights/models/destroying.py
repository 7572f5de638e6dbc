"""The destruction itself: the person's key first, then whatever of him could be read without it.

What proves the acts stays: rows of ids, times and digests, and the salted commitments of the trail.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select, update

from registry.consents.models.tables import (
    act_scans,
    acts,
    codes,
    consents,
    esia_logins,
    invitations,
    presentations,
)
from registry.errors import TamperedError
from registry.letters.models import letters
from registry.letters.rules import LetterState
from registry.people.models.account_tables import esia_accounts, field_sources
from registry.people.models.collisions import collision_tasks
from registry.people.models.special_needs import special_needs
from registry.people.models.tables import (
    collisions,
    contacts,
    enrolments,
    guardianships,
    past_contacts,
    persons,
    roster_changes,
)
from registry.rights.models.keeping import Circle
from registry.rights.models.stacked import drop_stacked
from registry.storage.vault import Vault, subject_keys
from registry.submissions.models.tables import submission_lines, submissions
from registry.web.models import idempotency_answers
from registry.workflows.models.tables import case_history

NAMELESS: Final = "—"
NOWHERE: Final = bytes(32)
"""In the place of a blind index that found a contact."""


def destroy(connection: Connection, circle: Circle, today: date, now: datetime) -> list[UUID]:
    """Destroy what is a person's; give the ids of files that nobody names any more and that must go after."""
    _destroy_person(connection, circle.person_id)
    _end_ties(connection, circle.person_id, today)
    _destroy_papers(connection, circle, now)
    files = [
        *_drop_attachments(connection, circle),
        *_drop_payloads(connection, circle),
        *_drop_scans(connection, circle),
        *drop_stacked(connection, circle.person_id),
    ]
    connection.execute(delete(subject_keys).where(subject_keys.c.subject == circle.person_id))
    return files


def names_of(connection: Connection, person_id: UUID) -> list[str]:
    """Give the names by which free texts may call a person; empty once they are destroyed."""
    row = connection.execute(select(persons).where(persons.c.id == person_id)).first()
    return [] if row is None or row.last_name == NAMELESS else [row.last_name, row.first_name]


def blank_texts(connection: Connection, vault: Vault, names: list[str]) -> None:
    """Blank kept answers and notes under the installation's key that name a person: first name and last."""
    answers, history = idempotency_answers.c, case_history.c
    for row in connection.execute(
        select(answers.scope, answers.key, answers.body).where(answers.body.is_not(None))
    ).all():
        if _names(vault, ("idempotency_answers.body", UUID(int=0)), row.body, names):
            same = (answers.scope == row.scope, answers.key == row.key)
            connection.execute(update(idempotency_answers).where(*same).values(body=None))
    for row in connection.execute(
        select(history.case_id, history.number, history.note).where(history.note.is_not(None))
    ).all():
        if _names(vault, ("case_history.note", row.case_id), row.note, names):
            same = (history.case_id == row.case_id, history.number == row.number)
            connection.execute(update(case_history).where(*same).values(note=None))


def _names(vault: Vault, bound: tuple[str, UUID], sealed: bytes, names: list[str]) -> bool:
    try:
        said = vault.open_shared(*bound, sealed).decode(errors="replace")
    except TamperedError:
        return False
    return bool(names) and all(name in said for name in names)


def _destroy_person(connection: Connection, person_id: UUID) -> None:
    nothing = dict.fromkeys(
        ("middle_name", "birth_date", "snils", "snils_index", "address", "identity_document")
    )
    named = {"last_name": NAMELESS, "first_name": NAMELESS, "sort_key": "", "version": persons.c.version + 1}
    connection.execute(update(persons).where(persons.c.id == person_id).values(**named, **nothing))
    for table in (contacts, past_contacts, esia_accounts, field_sources, collision_tasks, special_needs):
        connection.execute(delete(table).where(table.c.person_id == person_id))
    claimed = or_(collisions.c.holder_id == person_id, collisions.c.claimant_id == person_id)
    connection.execute(delete(collisions).where(claimed))
    sent = select(invitations.c.id).where(invitations.c.signer_id == person_id)
    begun = or_(esia_logins.c.person_id == person_id, esia_logins.c.invitation_id.in_(sent))
    connection.execute(delete(esia_logins).where(begun))


def _end_ties(connection: Connection, person_id: UUID, today: date) -> None:
    standing = update(enrolments).where(
        enrolments.c.person_id == person_id, enrolments.c.valid_until.is_(None)
    )
    connection.execute(standing.values(valid_until=today))
    his = or_(guardianships.c.student_id == person_id, guardianships.c.guardian_id == person_id)
    connection.execute(
        update(guardianships).where(his, guardianships.c.valid_until.is_(None)).values(valid_until=today)
    )
    connection.execute(update(guardianships).where(his).values(authority_document=None))


def _destroy_papers(connection: Connection, circle: Circle, now: datetime) -> None:
    """Destroy what was shown, sent and changed, also what stands under the key of somebody tied to him."""
    person_id = circle.person_id
    his = or_(consents.c.signer_id == person_id, consents.c.about_id == person_id)
    asked = select(consents.c.id).where(his)
    connection.execute(delete(presentations).where(presentations.c.consent_id.in_(asked)))
    connection.execute(update(codes).where(codes.c.signer_id == person_id).values(destination_index=NOWHERE))
    links = update(invitations).where(
        invitations.c.signer_id == person_id, invitations.c.revoked_at.is_(None)
    )
    connection.execute(links.values(revoked_at=now))
    mine = update(letters).where(letters.c.person_id == person_id)
    connection.execute(mine.where(letters.c.state == LetterState.QUEUED).values(state=LetterState.VOID))
    connection.execute(mine.values(destination=None, content=None, last_error=None))
    ties = select(guardianships.c.id).where(guardianships.c.guardian_id == person_id)
    told = or_(roster_changes.c.person_id == person_id, roster_changes.c.object_id.in_(ties))
    connection.execute(update(roster_changes).where(told).values(said=None))


def _drop_attachments(connection: Connection, circle: Circle) -> Iterator[UUID]:
    """Drop what went along with letters that are over: to him, and to those whose papers name him."""
    tied = [circle.person_id, *circle.wards, *circle.guardians]
    over = (
        letters.c.person_id.in_(tied),
        letters.c.attachment_id.is_not(None),
        letters.c.state != LetterState.QUEUED,
    )
    yield from connection.execute(select(letters.c.attachment_id).where(*over)).scalars().all()
    connection.execute(update(letters).where(*over).values(attachment_id=None))


def _drop_scans(connection: Connection, circle: Circle) -> Iterator[UUID]:
    """Drop the scans of papers that he signed or that speak of him; their digests stay in the trail."""
    his = or_(consents.c.signer_id == circle.person_id, consents.c.about_id == circle.person_id)
    signed = select(acts.c.id).join(consents, consents.c.id == acts.c.consent_id).where(his)
    mine = act_scans.c.act_id.in_(signed)
    yield from connection.execute(select(act_scans.c.scan_file).where(mine)).scalars().all()
    connection.execute(delete(act_scans).where(mine))


def acts_of_person(connection: Connection, person_id: UUID) -> dict[UUID, list[UUID]]:
    """Name the acts that are his or that speak of him, by school."""
    his = or_(consents.c.signer_id == person_id, consents.c.about_id == person_id)
    query = select(acts.c.school_id, acts.c.id).join(consents, consents.c.id == acts.c.consent_id).where(his)
    found: dict[UUID, list[UUID]] = {}
    for row in connection.execute(query):
        found.setdefault(row.school_id, []).append(row.id)
    return found


def _drop_payloads(connection: Connection, circle: Circle) -> Iterator[UUID]:
    """Drop the readable contents of messages that told of him; digests and the sealed messages stay."""
    told = select(submission_lines.c.submission_id).where(submission_lines.c.student_id.in_(circle.students))
    mine = (submissions.c.id.in_(told), submissions.c.payload_file.is_not(None))
    yield from connection.execute(select(submissions.c.payload_file).where(*mine)).scalars().all()
    connection.execute(update(submissions).where(*mine).values(payload_file=None))
