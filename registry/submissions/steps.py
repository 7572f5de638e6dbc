"""What the definitions `submission` and `withdrawal` ask of this room: guards and effects, by name."""

import hashlib
import json
from uuid import UUID

from registry.errors import N_
from registry.submissions import facts
from registry.submissions.collecting import collect, describe
from registry.submissions.freezing import freeze
from registry.submissions.message import Heading
from registry.submissions.models import exchange, records
from registry.submissions.models.records import Submission
from registry.submissions.rules import changes_between
from registry.trail.entries import EntryType
from registry.trail.proofs import covering_checkpoint, last_note
from registry.transports.acknowledgement import Verdict
from registry.workflows.cases import Case, Refused
from registry.workflows.names import NAMES
from registry.work import Work


@NAMES.effect("submissions.freeze")
def freeze_registry(work: Work, case: Case) -> None:
    """Freeze roster and decisions; refuses while one is open."""
    submission = records.hold(work.connection, case.subject.id)
    content = collect(work, submission)
    described = describe(work, submission)
    heading = Heading(
        message_id=work.new_id(),
        kind=submission.kind,
        sequence=submission.sequence,
        corrects=submission.corrects,
        previous_sha256=_previous(work, submission),
        created_at=work.now,
        receiver=described.receiver,
        programme=described.programme,
        school=described.school,
        checkpoint=last_note(work.connection),
    )
    frozen = freeze(content, heading)
    payload_file = work.new_id()
    work.files.put(payload_file, frozen.payload)
    records.replace_lines(work.connection, submission, content.lines)
    changed = records.change(
        work.connection,
        submission,
        message_id=heading.message_id,
        prepared_by=work.actor.id,
        prepared_at=work.now,
        manifest=frozen.manifest.decode(),
        manifest_sha256=frozen.manifest_sha256,
        content_sha256=_parts_digest(frozen.manifest),
        payload_file=payload_file,
        signed_by=None,
        signed_at=None,
        message_file=None,
        message_sha256=None,
        message_bytes=None,
        sealed_event=None,
        changes=None,
    )
    work.record(facts.entry(EntryType.SUBMISSION_PREPARED, changed))


@NAMES.guard("submissions.two_people")
def two_people(work: Work, case: Case) -> Refused | None:
    """Hold that whoever signs off is not whoever prepared."""
    if records.get(work.connection, case.subject.id).prepared_by == work.actor.id:
        return Refused(
            N_("Готовит передачу один человек, утверждает другой: попросите подготовить её коллегу.")
        )
    return None


@NAMES.guard("submissions.unchanged")
def unchanged(work: Work, case: Case) -> Refused | None:
    """Hold that roster, data and decisions are what was frozen."""
    submission = records.get(work.connection, case.subject.id)
    content = collect(work, submission)
    present = {line.student_id: line for line in content.lines}
    changes = changes_between(records.lines_of(work.connection, submission.id), present)
    if changes:
        return Refused(
            N_("После подготовки изменились данные или решения обучающихся: %(students)s."),
            {"students": len(changes)},
            "submission-changed",
        )
    return None


@NAMES.effect("submissions.note_sign_off")
def note_sign_off(work: Work, case: Case) -> None:
    """Keep who signed off and when."""
    submission = records.hold(work.connection, case.subject.id)
    changed = records.change(work.connection, submission, signed_by=work.actor.id, signed_at=work.now)
    work.record(facts.entry(EntryType.SUBMISSION_SIGNED_OFF, changed))


@NAMES.effect("submissions.note_void")
def note_void(work: Work, case: Case) -> None:
    """Take the sign-off back; the message id is never used again."""
    submission = records.hold(work.connection, case.subject.id)
    changed = records.change(work.connection, submission, signed_by=None, signed_at=None)
    work.record(facts.entry(EntryType.SUBMISSION_VOIDED, changed))


@NAMES.guard("submissions.under_checkpoint")
def under_checkpoint(work: Work, case: Case) -> Refused | None:
    """Hold that the digest of the sealed bytes is under a published checkpoint before a byte leaves."""
    submission = records.get(work.connection, case.subject.id)
    if submission.sealed_event is None or not covering_checkpoint(work.connection, submission.sealed_event):
        return Refused(
            N_("Журнал ещё не опубликовал контрольную точку с этим сообщением."), code="no-checkpoint"
        )
    return None


@NAMES.guard("submissions.accepted")
def accepted(work: Work, case: Case) -> Refused | None:
    """Hold that a verified acknowledgement says accepted."""
    return _verdict_is(work, case, Verdict.ACCEPTED)


@NAMES.guard("submissions.refused")
def refused(work: Work, case: Case) -> Refused | None:
    """Hold that a verified acknowledgement says rejected."""
    return _verdict_is(work, case, Verdict.REJECTED)


@NAMES.effect("submissions.give_tasks")
def give_tasks(work: Work, case: Case) -> None:
    """Turn the reasons of a rejection into tasks at the classes that they concern."""
    submission = records.get(work.connection, case.subject.id)
    answer = exchange.acknowledgement_of(work.connection, submission.id)
    lines = records.lines_of(work.connection, submission.id)
    by_entry = {str(line.entry_id): line for line in lines.values() if line.entry_id}
    rows = []
    for reason in answer.reasons if answer else []:
        line = by_entry.get(reason["entry_id"] or "")
        rows.append(
            {
                "id": work.new_id(),
                "school_id": submission.school_id,
                "submission_id": submission.id,
                "student_id": line.student_id if line else None,
                "class_name": line.class_name if line else None,
                "code": reason["code"],
                "text": reason["text"],
                "given_at": work.now,
            }
        )
    exchange.add_tasks(work.connection, rows)


def _verdict_is(work: Work, case: Case, verdict: Verdict) -> Refused | None:
    answer = exchange.acknowledgement_of(work.connection, case.subject.id)
    if answer is None or answer.verdict != verdict:
        return Refused(
            N_("Проверенного подтверждения платформы с таким исходом нет."), code="no-acknowledgement"
        )
    return None


def _previous(work: Work, submission: Submission) -> str | None:
    """Find the digest of the school's last message that left the house."""
    earlier = records.of_school(work.connection, submission.school_id, submission.programme)
    return next((one.message_sha256 for one in earlier if one.sequence < submission.sequence), None)


def _parts_digest(manifest: bytes) -> str:
    parts = json.loads(manifest)["parts"]
    listed = "\n".join(f"{name} {said['sha256']}" for name, said in sorted(parts.items()))
    return hashlib.sha256(listed.encode()).hexdigest()
