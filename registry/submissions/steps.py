"""What the definitions `submission` and `withdrawal` ask of this room: guards and effects, by name."""

from uuid import UUID

from registry.access.rules import Role
from registry.errors import N_
from registry.people.models import places
from registry.storage.failpoints import reach
from registry.submissions import facts
from registry.submissions.collecting import (
    changes_since_freeze,
    collect_whole,
    heading_of,
    refuse_incomplete_lists,
)
from registry.submissions.freezing import Frozen, freeze
from registry.submissions.looking import watch
from registry.submissions.message import Heading, Kind
from registry.submissions.models import exchange, lines, records
from registry.submissions.models.records import Submission
from registry.submissions.rules import Change, Line, changes_between
from registry.submissions.standing import Row, row_of
from registry.submissions.ways import CAN_BE_ASKED, way_of
from registry.trail.entries import EntryType
from registry.trail.proofs import covering_checkpoint
from registry.transports.acknowledgement import Verdict
from registry.work import Work
from registry.workflows.cases import Case, Refused
from registry.workflows.names import NAMES

NAMES.add_roles(*Role)


@NAMES.guard("submissions.ready")
def ready(work: Work, case: Case) -> Refused | None:
    """Hold that nothing besides lists and decisions keeps the school open; the freeze asks for those."""
    submission = records.get(work.connection, case.subject.id)
    if not places.get_school(work.connection, submission.school_id).inn:
        return Refused(N_("У школы не указан ИНН: без него платформа сообщение не примет."), code="no-inn")
    if row_of(work, submission).withdrawal_under_way:
        return Refused(
            N_("Платформе отправлено извещение об отзыве; подготовьте передачу после её ответа."),
            code="withdrawal-under-way",
        )
    return None


@NAMES.effect("submissions.freeze")
def freeze_registry(work: Work, case: Case) -> None:
    """Freeze roster and decisions; refuses while one is open or a row of a list waits to be mended."""
    submission = records.hold(work.connection, case.subject.id)
    content = collect_whole(work, submission)
    row = row_of(work, submission)
    heading = heading_of(work, submission, row)
    frozen = freeze(content, heading)
    reach("freeze.before-file")
    payload_file = work.new_id()
    work.files.put(payload_file, frozen.payload)
    reach("freeze.file-before-lines")
    changes = _since_last_time(work, submission, row, {one.student_id: one for one in content.lines})
    lines.replace_lines(work.connection, submission, content.lines)
    exchange.close_tasks(work.connection, submission.id, work.now)
    reach("freeze.lines-before-row")
    values = _frozen(work, heading, frozen) | {
        "lines_sha256": content.lines_sha256,
        "payload_file": payload_file,
        "changes": {"reason": "prepared", "students": [one.as_json() for one in changes]},
    }
    changed = records.change(work.connection, submission, **values)
    reach("freeze.row-before-entry")
    work.record(facts.entry(EntryType.SUBMISSION_PREPARED, changed))


def _since_last_time(work: Work, submission: Submission, row: Row, present: dict[UUID, Line]) -> list[Change]:
    """Tell what is new since the last freeze, or since what the platform holds; nothing at first."""
    before = lines.lines_of(work.connection, submission.id)
    if not before and row.held is not None:
        before = lines.lines_of(work.connection, row.held.id)
    return changes_between(before, present) if before else []


def _frozen(work: Work, heading: Heading, frozen: Frozen) -> dict[str, object]:
    """What a freeze writes into its submission; nothing of an earlier message stays."""
    gone = ("signed_by", "signed_at", "message_file", "message_sha256", "message_bytes", "sealed_event")
    keys = ("signing_key", "recipient_key")
    return {
        "message_id": heading.message_id,
        "sequence": heading.sequence,
        "prepared_by": work.actor.id,
        "prepared_at": work.now,
        "manifest": frozen.manifest.decode(),
        "manifest_sha256": frozen.manifest_sha256,
        "content_sha256": frozen.content_sha256,
        **dict.fromkeys((*gone, *keys, "sent_on", "verdict", "acknowledgement_sha256")),
    }


@NAMES.guard("submissions.two_people")
def two_people(work: Work, case: Case) -> Refused | None:
    """Hold that whoever signs off is not whoever prepared."""
    if records.get(work.connection, case.subject.id).prepared_by == work.actor.id:
        return Refused(
            N_("Готовит передачу один человек, утверждает другой: попросите подготовить её коллегу."),
            code="same-person",
        )
    return None


@NAMES.guard("submissions.unchanged")
def unchanged(work: Work, case: Case) -> Refused | None:
    """Hold that roster, data and decisions are what was frozen."""
    submission = records.get(work.connection, case.subject.id)
    refuse_incomplete_lists(work, submission.school_id)
    changes = changes_since_freeze(work, submission)
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
    reach("sign-off.row-before-entry")
    work.record(facts.entry(EntryType.SUBMISSION_SIGNED_OFF, changed))


@NAMES.effect("submissions.note_void")
def note_void(work: Work, case: Case) -> None:
    """Take the sign-off back and keep what changed; the message id is never used again."""
    submission = records.hold(work.connection, case.subject.id)
    said = {"reason": case.context.get("reason"), "students": case.context.get("changes")}
    changed = records.change(work.connection, submission, signed_by=None, signed_at=None, changes=said)
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


@NAMES.guard("submissions.in_order")
def in_order(work: Work, case: Case) -> Refused | None:
    """Hold that no other message of the school reached the platform since this one was frozen."""
    submission = records.get(work.connection, case.subject.id)
    row = row_of(work, submission)
    if row.withdrawal_under_way:
        return Refused(
            N_("Сообщение отправится после ответа платформы на извещение об отзыве."),
            code="withdrawal-under-way",
        )
    if row.last_accepted is not None and row.last_accepted.sequence > submission.sequence:
        return Refused(
            N_("После подготовки платформа приняла другое сообщение школы: подготовьте передачу заново."),
            code="out-of-order",
        )
    return None


@NAMES.guard("submissions.asking_is_no_help")
def asking_is_no_help(work: Work, case: Case) -> Refused | None:
    """Hold that an unknown outcome will not be resolved by asking the receiver."""
    if case.state == "unknown" and way_of(work.settings) in CAN_BE_ASKED:
        return Refused(
            N_(
                "Получателя можно спросить об этом сообщении: исход выяснится сам, отправлять ещё раз "
                "не нужно."
            ),
            code="can-be-asked",
        )
    return None


@NAMES.effect("submissions.watch_for_answer")
def watch_for_answer(work: Work, case: Case) -> None:
    """Promise to look for the answer to a message that was handed over."""
    watch(work, records.get(work.connection, case.subject.id))


@NAMES.effect("submissions.note_sending")
def note_sending(work: Work, case: Case) -> None:
    """Keep the legal day on which the message was handed to the way out."""
    submission = records.hold(work.connection, case.subject.id)
    changed = records.change(work.connection, submission, sent_on=work.today)
    withdrawal = submission.kind is Kind.WITHDRAWAL
    work.record(facts.entry(EntryType.WITHDRAWAL_SENT if withdrawal else EntryType.SUBMISSION_SENT, changed))


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
    answer = exchange.answer_to(work.connection, submission)
    frozen = lines.lines_of(work.connection, submission.id)
    by_entry = {str(line.entry_id): line for line in frozen.values() if line.entry_id}
    exchange.add_tasks(
        work.connection,
        [
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
            for reason in (answer.reasons if answer else [])
            for line in [by_entry.get(reason["entry_id"] or "")]
        ],
    )
    work.record(facts.mention(EntryType.TASK_GIVEN, submission))


def _verdict_is(work: Work, case: Case, verdict: Verdict) -> Refused | None:
    submission = records.get(work.connection, case.subject.id)
    answer = exchange.answer_to(work.connection, submission)
    if answer is None or answer.verdict != verdict or submission.verdict != verdict:
        return Refused(
            N_("Проверенного подтверждения платформы с таким исходом нет."), code="no-acknowledgement"
        )
    return None
