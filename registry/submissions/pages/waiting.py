"""A message that waits for its answer, as its page shows it: where it is, what is known, what can be done."""

from typing import Any, Final

from flask_babel import gettext

from registry.access.rules import Action, Place
from registry.errors import N_
from registry.submissions.by_hand import is_carried
from registry.submissions.models import brought, exchange
from registry.submissions.models.records import Submission
from registry.submissions.ways import CAN_BE_ASKED, way_of
from registry.transports.transport import Way
from registry.web.current import can
from registry.work import Work
from registry.workflows.usecases import Opened

WAITING: Final = frozenset({"handed_over", "unknown", "resending"})
CALLED: Final = frozenset({"operator", "administrator"})
"""Whose matter a message becomes that has waited for longer than it should."""
WAYS: Final = {
    Way.HTTPS: N_("по сети (HTTPS)"),
    Way.SFTP: N_("файлом на сервер обмена (SFTP)"),
    Way.MAIL: N_("электронной почтой"),
    Way.FOLDER: N_("на носителе, вручную"),
}
HANDED_OVER: Final = {
    Way.SFTP: N_(
        "Сообщение лежит целиком на сервере обмена получателя. Подтверждение мы ищем там сами, снова и снова."
    ),
    Way.MAIL: N_(
        "Почтовый сервер принял письмо с сообщением. Дошло ли оно до получателя, спросить нельзя: это "
        "покажет только его подписанное подтверждение."
    ),
    Way.FOLDER: N_(
        "Сообщение записано в папку обмена: его относят получателю вручную. Спросить получателя отсюда "
        "нельзя: приём покажет только его подписанное подтверждение."
    ),
}
UNKNOWN: Final = {
    Way.HTTPS: N_("Связь прервалась до ответа. Мы сами спрашиваем платформу, получила ли она сообщение."),
    Way.SFTP: N_("Связь прервалась во время передачи. Мы сами смотрим на сервере, лежит ли там сообщение."),
    Way.MAIL: N_(
        "Связь с почтовым сервером прервалась, и ушло ли письмо, неизвестно. Спросить об этом нельзя: "
        "покажет только подписанное подтверждение получателя."
    ),
    Way.FOLDER: N_(
        "Запись в папку обмена прервалась, и сообщения там нет: возможно, его уже унесли. Спросить "
        "получателя отсюда нельзя."
    ),
}
INBOX_READ: Final = N_("Почтовый ящик для ответов проверяется сам.")
INBOX_NOT_READ: Final = N_("Почтовый ящик для ответов не подключён: загрузите файл подтверждения здесь.")
SECOND_SENDING: Final = N_("То же сообщение сейчас отправляется ещё раз, под тем же номером.")
CHECKED: Final = {
    None: N_("проверяется: обновите страницу через несколько секунд"),
    "accepted": N_("принят: подпись получателя верна"),
}
NOT_ACCEPTED: Final = N_(
    "не принят: подпись или содержание не те, запросите подтверждение у получателя снова"
)


def is_overdue(submission: Submission) -> bool:
    """Tell whether an answer has been awaited for longer than its definition allows."""
    return submission.state in WAITING and submission.assignee_role in CALLED


def waiting_of(work: Work, submission: Submission, opened: Opened, place: Place) -> dict[str, Any] | None:
    """Describe a message that waits for its answer; None when it does not."""
    if submission.state not in WAITING:
        return None
    way = _way(work, submission)
    asked = submission.state == "unknown" and way in CAN_BE_ASKED
    return {
        "way": gettext(WAYS[way]),
        "words": _words(work, submission, way),
        "since": opened.case.entered_at,
        "until": opened.case.due_at,
        "overdue": is_overdue(submission),
        "brought": [_checked(one) for one in brought.brought_to(work.connection, submission.id)],
        "can_bring": can(Action.SUBMISSION_ACKNOWLEDGE, place),
        "can_resend": can(Action.SUBMISSION_RESOLVE, place) and submission.state != "resending" and not asked,
        "can_carry": can(Action.SUBMISSION_SIGN_OFF, place) and is_carried(work, submission),
    }


def _way(work: Work, submission: Submission) -> Way:
    """Tell by which road the message left; the installation's present one, where nobody wrote it down."""
    attempt = exchange.last_attempt(work.connection, submission)
    return Way(attempt.way) if attempt is not None and attempt.way else way_of(work.settings)


def _words(work: Work, submission: Submission, way: Way) -> list[str]:
    if submission.state == "resending":
        return [gettext(SECOND_SENDING)]
    said = HANDED_OVER if submission.state == "handed_over" else UNKNOWN
    found = [gettext(said.get(way, UNKNOWN[way]))]
    if way is Way.MAIL:
        found.append(gettext(INBOX_READ if work.settings.inbox_url else INBOX_NOT_READ))
    return found


def _checked(one: Any) -> dict[str, object]:  # noqa: ANN401 - a row
    return {
        "at": one.brought_at,
        "words": gettext(CHECKED.get(one.outcome, NOT_ACCEPTED)),
        "code": one.outcome,
    }
