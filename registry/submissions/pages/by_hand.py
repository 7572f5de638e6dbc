"""The doors beside the line: the message to be carried, its answer as a file, the same message once more."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, ConflictError, InvalidError, RegistryError, TooLargeError
from registry.submissions import by_hand
from registry.submissions.pages.room import blueprint, opened_submission
from registry.submissions.pages.shown import whole_of
from registry.transports.acknowledgement import MAX_BYTES
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import status_of, told
from registry.web.idempotency import once
from registry.web.templating import page


@blueprint.get("/submissions/<uuid:submission_id>/message.pgp")
@fresh_sign_in
@allowed(Action.SUBMISSION_SIGN_OFF)
def carry_message(submission_id: UUID) -> ResponseReturnValue:
    """Give the sealed message to the director who has it carried; the gate decides once more."""
    carried = _carried(submission_id)
    return _file(carried.message, f"{carried.message_id}.pgp", "application/pgp-encrypted")


@blueprint.get("/submissions/<uuid:submission_id>/note.txt")
@allowed(Action.SUBMISSION_SIGN_OFF)
def carry_note(submission_id: UUID) -> ResponseReturnValue:
    """Give the note that goes along."""
    carried = _carried(submission_id)
    return _file(carried.note.encode(), f"{carried.message_id}.txt", "text/plain; charset=utf-8")


def _carried(submission_id: UUID) -> by_hand.Carried:
    with begin_work() as work:
        found, _ = opened_submission(work, Action.SUBMISSION_SIGN_OFF, submission_id)
        return by_hand.carry(work, found.id)


def _file(data: bytes, name: str, kind: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/submissions/<uuid:submission_id>/acknowledgement")
@allowed(Action.SUBMISSION_ACKNOWLEDGE)
@once
def bring_answer(submission_id: UUID) -> ResponseReturnValue:
    """Take the receiver's acknowledgement as a file; what is wrong with it stands at the form."""
    try:
        with begin_work() as work:
            found, _ = opened_submission(work, Action.SUBMISSION_ACKNOWLEDGE, submission_id)
            by_hand.bring_answer(work, found.id, _sent_file())
    except (InvalidError, TooLargeError, ConflictError) as error:
        return _with_error(submission_id, Action.SUBMISSION_ACKNOWLEDGE, error)
    return redirect(url_for("submissions.show", submission_id=submission_id), 303)


@blueprint.post("/submissions/<uuid:submission_id>/resend")
@allowed(Action.SUBMISSION_RESOLVE)
@once
def resend(submission_id: UUID) -> ResponseReturnValue:
    """Have the same message sent once more, by this person's explicit step."""
    try:
        with begin_work() as work:
            found, _ = opened_submission(work, Action.SUBMISSION_RESOLVE, submission_id)
            by_hand.resend(work, found.id, _meant())
    except (InvalidError, ConflictError) as error:
        return _with_error(submission_id, Action.SUBMISSION_RESOLVE, error)
    return redirect(url_for("submissions.show", submission_id=submission_id), 303)


def _with_error(submission_id: UUID, action: Action, error: RegistryError) -> ResponseReturnValue:
    """Show the page again, what went wrong at the form that was sent."""
    field = "file" if action is Action.SUBMISSION_ACKNOWLEDGE else "sure"
    with begin_reading() as work:
        found, school = opened_submission(work, action, submission_id)
        shown = whole_of(work, found, school)
    body = page("submissions/submission.html", submission=found, shown=shown, errors={field: told(error)})
    return body, status_of(error)


def _meant() -> str:
    """Give the digest of the message that stood on the page, if who asks says that he is sure."""
    if not request.form.get("sure"):
        raise InvalidError(N_("Отметьте, что получатель сказал: сообщения у него нет."))
    return request.form.get("message_sha256", "")[:64]


def _sent_file() -> bytes:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidError(N_("Выберите файл подтверждения: «номер сообщения.ack.json»."), code="no-file")
    with sent.stream as stream:
        data = bytes(stream.read(MAX_BYTES + 1))
    if len(data) > MAX_BYTES:
        raise TooLargeError(N_("Файл подтверждения не бывает больше 64 КиБ: это другой файл."))
    return data
