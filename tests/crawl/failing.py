"""Addresses at which each kind of failure happens, so that its page can be looked at."""

from typing import Final

from flask import Blueprint

from registry import errors
from registry.access.rules import Action
from registry.web.doors import allowed

blueprint: Final = Blueprint("failing", __name__)
FAILURES: Final[dict[int, Exception]] = {
    403: errors.ForbiddenError("Для этого действия у вас нет прав. Обратитесь к администратору школы."),
    404: errors.NotFoundError("Такой записи нет."),
    409: errors.ConflictError("Черновик уже изменил кто-то другой. Откройте его заново."),
    410: errors.GoneError("Ссылка больше не действует. Попросите у школы новую."),
    413: errors.TooLargeError("Файл больше 16 МБ. Уменьшите его."),
    422: errors.InvalidError("Проверьте поля и отправьте снова.", fields={"student.snils": "Не сходится."}),
    429: errors.TooManyError("Слишком много попыток. Подождите 15 минут и попробуйте снова."),
    500: RuntimeError("Иванов Иван, СНИЛС 112-233-445 95"),
    503: errors.UnavailableError("Хранилище не отвечает. Попробуйте позже."),
}


@blueprint.get("/failing/<int:status>")
@allowed(Action.PUBLIC)
def fail(status: int) -> str:
    """Fail as asked."""
    raise FAILURES[status]
