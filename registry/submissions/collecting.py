"""Collecting: the roster with its decisions, as the heading, the lines and the entries of a message."""

from uuid import UUID

from registry.consents.decisions import Decided as DecidedByConsents
from registry.consents.decisions import decisions_of
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.rules.acts import ActKind
from registry.people.models import batches, places
from registry.people.models.batches import ROSTER_LOCK
from registry.people.models.persons import Person
from registry.programmes.usecases import programme_of
from registry.storage import collector
from registry.storage.queries import drained, hold
from registry.submissions.entries import FIELDS, Basis, Guardian, Included
from registry.submissions.freezing import Content, Decided, content_of
from registry.submissions.message import Heading
from registry.submissions.models.lines import lines_of
from registry.submissions.models.records import Submission
from registry.submissions.rules import Change, changes_between, refuse_held_rows
from registry.submissions.standing import Row
from registry.trail.proofs import last_note
from registry.work import Work


def refuse_incomplete_lists(work: Work, school_id: UUID) -> None:
    """Refuse while rows of the school's approved lists wait to be mended; an approval under way is awaited.

    Raises:
        ConflictError: `held-rows`; the words name the classes and the rows.
    """
    hold(work.connection, SCHOOL_LOCK, school_id)  # before the other, as everybody who needs both
    hold(work.connection, ROSTER_LOCK, school_id)
    held: dict[str, list[int]] = {}
    for one in batches.held_rows_of(work.connection, work.vault, school_id):
        held.setdefault(one.class_name, []).append(one.row)
    refuse_held_rows(held)


def collect_whole(work: Work, submission: Submission) -> Content:
    """Take the whole roster for a freeze, which nobody may be left out of by an error in a file.

    Raises:
        ConflictError: `held-rows`; rows of the school's lists wait to be mended.
    """
    refuse_incomplete_lists(work, submission.school_id)
    return collect(work, submission)


@collector.at_rest()
def collect(work: Work, submission: Submission) -> Content:
    """Take the whole roster of the submission's school with its decisions today; never a part of it.

    Whoever signs waits from here until the transaction ends.
    """
    hold(work.connection, SCHOOL_LOCK, submission.school_id)
    found = decisions_of(work, submission.school_id, submission.programme)
    students = [_decided(work, one) for one in drained(found)]
    return content_of(students, lambda text: work.vault.blind_index("submission-line", text))


def changes_since_freeze(work: Work, submission: Submission) -> list[Change]:
    """Compare the frozen lines with the roster and the decisions as they are now."""
    present = {line.student_id: line for line in collect(work, submission).lines}
    return changes_between(lines_of(work.connection, submission.id), present)


def heading_of(work: Work, submission: Submission, row: Row) -> Heading:
    """Write the heading of the submission's next message."""
    school = places.get_school(work.connection, submission.school_id)
    programme = programme_of(work, submission.school_id, submission.programme)
    return Heading(
        message_id=work.new_id(),
        kind=submission.kind,
        sequence=row.number_for(submission),
        corrects=submission.corrects,
        previous_sha256=row.last_accepted.message_sha256 if row.last_accepted else None,
        created_at=work.now,
        receiver=programme.receiver.name,
        programme={"id": programme.id, "version": programme.version, "digest": programme.digest},
        school={"id": str(school.id), "name": school.full_name, "inn": school.inn},
        checkpoint=last_note(work.connection),
    )


def _decided(work: Work, one: DecidedByConsents) -> Decided:
    class_name = str(one.family.class_name)
    included = _included(work, one) if one.decision.state.included else None
    return Decided(one.family.student.id, class_name, one.decision.state.value, included)


def _included(work: Work, one: DecidedByConsents) -> Included:
    chosen = set(one.decision.guardians)
    return Included(
        entry_id=work.new_id(),
        class_name=str(one.family.class_name),
        student=fields_of(one.family.student),
        guardians=[
            Guardian(guardian.relation.value, fields_of(guardian.person))
            for guardian in one.family.guardians
            if guardian.person.id in chosen
        ],
        basis=[_basis(one, act_id) for act_id in one.decision.acts],
    )


def _basis(one: DecidedByConsents, act_id: UUID) -> Basis:
    act = one.acts[act_id]
    if act.kind is not ActKind.GIVEN:
        message = "a decision rests on an act that gives nothing"
        raise ValueError(message)
    return Basis(
        act_id=act.id,
        notice=act.notice.value,
        notice_version=act.notice_version,
        text_sha256=act.text_sha256,
        means=act.means.value,
        on=act.on_day,
        agreement_act_id=act.agreement,
    )


def fields_of(person: Person) -> dict[str, str | None]:
    """Give the fields of a person that a message may carry."""
    values: dict[str, str | None] = {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "snils": person.snils,
        "email": person.email.value if person.email else None,
        "phone": person.phone.value if person.phone else None,
    }
    return {name: values[name] for name in FIELDS}
