"""One submission over the API: digests, attempts, answers, tasks; the sign-off; back after a rejection."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.submissions import usecases
from registry.submissions.api.room import SubmissionTold, room, told
from registry.submissions.models import exchange
from registry.submissions.pages.room import opened_submission
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Id, Moment, Text, Whole, Within, YesNo
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in, shows_names
from registry.web.idempotency import once

_ONE = "/submissions/<uuid:submission_id>"


class AttemptTold(Told):
    """One attempt to hand the message over."""

    id = Id()
    way = Text()
    started_at = Moment()
    ended_at = Moment(allow_none=True)
    outcome = Text(allow_none=True)


class AnswerTold(Told):
    """An answer of the platform, verified."""

    id = Id()
    message_id = Id()
    verdict = Text()
    fingerprint = Text()
    received_at = Moment()


class TaskTold(Told):
    """What a rejection asks people to do."""

    id = Id()
    student_id = Id(allow_none=True)
    class_name = Text(allow_none=True)
    code = Text()
    text = Text()
    given_at = Moment()
    done_at = Moment(allow_none=True)


class DigestBody(Body):
    """The digest of exactly what is signed off: it stood in the answer that was read."""

    manifest_sha256 = Text(required=True, least=64, most=64, pattern="^[0-9a-f]{64}$")


class SignedOffTold(Told):
    """What came of a sign-off: it stands, or it was voided because something changed since the freeze."""

    stands = YesNo()
    changed = Whole(metadata={"description": N_("У скольких обучающихся что-то изменилось после подготовки")})
    submission = Within(SubmissionTold)


@room.serves(f"GET {_ONE}", N_("Передача"))
@shows_names
@bearer(Action.SUBMISSION_READ)
@tagged
@room.answers(SubmissionTold)
def show(submission_id: UUID) -> dict[str, Any]:
    """Tell of a submission."""
    with begin_reading() as work:
        found, school = opened_submission(work, Action.SUBMISSION_READ, submission_id)
    saw_list(school.id, "submission", submission_id)
    return told(found)


@room.serves(f"GET {_ONE}/attempts", N_("Попытки отправить"))
@bearer(Action.SUBMISSION_READ)
@room.lists(AttemptTold, key=lambda one: one.id)
def list_attempts(submission_id: UUID) -> Sequence[Any]:
    """List the attempts to hand the message over."""
    with begin_reading() as work:
        opened_submission(work, Action.SUBMISSION_READ, submission_id)
        return exchange.attempts_of(work.connection, submission_id)


@room.serves(f"GET {_ONE}/answers", N_("Ответы платформы"))
@bearer(Action.SUBMISSION_READ)
@room.lists(AnswerTold, key=lambda one: one.id)
def list_answers(submission_id: UUID) -> Sequence[Any]:
    """List the platform's answers."""
    with begin_reading() as work:
        opened_submission(work, Action.SUBMISSION_READ, submission_id)
        return exchange.acknowledgements_of(work.connection, submission_id)


@room.serves(f"GET {_ONE}/tasks", N_("Что исправить после отказа платформы"))
@bearer(Action.SUBMISSION_READ)
@room.lists(TaskTold, key=lambda one: one.id)
def list_tasks(submission_id: UUID) -> Sequence[Any]:
    """List what a rejection asks people to do."""
    with begin_reading() as work:
        opened_submission(work, Action.SUBMISSION_READ, submission_id)
        return exchange.tasks_of(work.connection, submission_id)


@room.serves(f"POST {_ONE}/sign-off", N_("Утвердить передачу"))
@fresh_sign_in
@bearer(Action.SUBMISSION_SIGN_OFF)
@once
@matching
@room.takes(DigestBody)
@room.answers(SignedOffTold)
def sign_off(said: dict[str, Any], submission_id: UUID) -> dict[str, Any]:
    """Sign off the manifest that was read; what changed meanwhile voids it instead."""
    with begin_work() as work:
        found, _ = opened_submission(work, Action.SUBMISSION_SIGN_OFF, submission_id)
        require_match(SubmissionTold, told(found))
        done = usecases.sign_off(work, found.id, said["manifest_sha256"])
        return {
            "stands": done.submission.state != "collecting",
            "changed": len(done.changes),
            "submission": told(done.submission),
        }


@room.serves(f"POST {_ONE}/correct", N_("Вернуться к сбору после отказа платформы"))
@bearer(Action.SUBMISSION_PREPARE)
@once
@room.answers(SubmissionTold)
def correct_rejected(submission_id: UUID) -> dict[str, Any]:
    """Go back to collecting after a rejection."""
    with begin_work() as work:
        found, _ = opened_submission(work, Action.SUBMISSION_PREPARE, submission_id)
        return told(usecases.correct_rejected(work, found.id))
