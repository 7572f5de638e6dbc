"""The doors beside the line, over the API: the message to be carried, its answer, the message once more."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, TooLargeError
from registry.submissions import by_hand
from registry.submissions.api.room import SubmissionTold, room, told
from registry.submissions.models import records
from registry.submissions.pages import by_hand as pages
from registry.submissions.pages.room import opened_submission
from registry.transports.acknowledgement import MAX_BYTES
from registry.web.api.bodies import Body
from registry.web.api.fields import Text, Upload
from registry.web.current import begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once

_ONE = "/submissions/<uuid:submission_id>"


class AcknowledgementBody(Body):
    """The receiver's acknowledgement as it came."""

    file = Upload(required=True)


class MessageBody(Body):
    """The digest of the message that the receiver says he does not have."""

    message_sha256 = Text(required=True, least=64, most=64, pattern="^[0-9a-f]{64}$")


@room.serves(f"GET {_ONE}/message.pgp", N_("Запечатанное сообщение, которое относят вручную"))
@fresh_sign_in
@bearer(Action.SUBMISSION_SIGN_OFF)
@room.files("application/pgp-encrypted")
def carry_message(submission_id: UUID) -> ResponseReturnValue:
    """Give the sealed message; the gate decides once more."""
    return pages.carry_message(submission_id)


@room.serves(f"GET {_ONE}/note.txt", N_("Сопроводительная записка"))
@bearer(Action.SUBMISSION_SIGN_OFF)
@room.files("text/plain")
def carry_note(submission_id: UUID) -> ResponseReturnValue:
    """Give the note that goes along."""
    return pages.carry_note(submission_id)


@room.serves(f"POST {_ONE}/acknowledgement", N_("Внести подтверждение приёма файлом"))
@bearer(Action.SUBMISSION_ACKNOWLEDGE)
@once
@room.takes(AcknowledgementBody, "files")
@room.answers(SubmissionTold)
def bring_answer(said: dict[str, Any], submission_id: UUID) -> dict[str, Any]:
    """Take the receiver's acknowledgement as a file; the worker verifies it."""
    with said["file"].stream as stream:
        data = bytes(stream.read(MAX_BYTES + 1))
    if len(data) > MAX_BYTES:
        raise TooLargeError(N_("Файл подтверждения не бывает больше 64 КиБ: это другой файл."))
    with begin_work() as work:
        found, _ = opened_submission(work, Action.SUBMISSION_ACKNOWLEDGE, submission_id)
        by_hand.bring_answer(work, found.id, data)
        return told(records.get(work.connection, found.id))


@room.serves(f"POST {_ONE}/resend", N_("Отправить то же сообщение ещё раз"))
@bearer(Action.SUBMISSION_RESOLVE)
@once
@room.takes(MessageBody)
@room.answers(SubmissionTold)
def resend(said: dict[str, Any], submission_id: UUID) -> dict[str, Any]:
    """Have the same message sent once more: the receiver has said that he does not have it."""
    with begin_work() as work:
        found, _ = opened_submission(work, Action.SUBMISSION_RESOLVE, submission_id)
        return told(by_hand.resend(work, found.id, said["message_sha256"]))
