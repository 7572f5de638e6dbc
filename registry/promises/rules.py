"""Why a promise failed, in words: what happened and what can be done about it."""

from typing import Final

from registry.errors import N_

BY_CODE: Final = {
    "letter-later": N_("Почта или СМС-шлюз не принимает письмо: проверьте, работают ли они."),
    "no-answer": N_("Платформа не отвечает, принято ли сообщение: узнайте, работает ли она."),
    "not-sent": N_("Платформа недоступна, сообщение не ушло: узнайте, работает ли она."),
    "under-way": N_("Прошлая отправка ещё не закончилась: дождитесь её исхода."),
    "unavailable": N_("Внешняя система не отвечает: проверьте, работает ли она."),
    "conflict": N_("Мешает состояние дела: откройте его и посмотрите, чего оно ждёт."),
    "not-found": N_("Того, о чём задание, больше нет: повторять незачем."),
    "tampered": N_("Подпись или контрольная сумма не сошлась: выясните причину до повторения."),
    "right-ended": N_("Тот, кто поручил задание, больше не вправе: пусть поручит заново тот, кто вправе."),
    "settings": N_("Настройка не годится: исправьте её, затем повторите задание."),
}
BY_CLASS: Final = {
    "ConflictError": BY_CODE["conflict"],
    "UnavailableError": BY_CODE["unavailable"],
    "LaterError": BY_CODE["unavailable"],
    "TamperedError": BY_CODE["tampered"],
    "SettingsError": BY_CODE["settings"],
    "NotFoundError": BY_CODE["not-found"],
    "OperationalError": N_("База данных была недоступна или занята: проверьте её."),
    "JobTimeoutException": N_("Задание шло дольше часа и было прервано: сообщите разработчикам."),
    "LookupError": N_("Этого задания нет в установленной версии: обновите все рабочие процессы."),
}
UNFORESEEN: Final = N_("Ошибка в программе: передайте разработчикам строку журнала с номером задания.")


def reason(error: str) -> str:
    """Put the class and code of an error into words.

    Args:
        error: as the outbox keeps it, ``ClassName code``; the code may be missing.
    """
    name, _, code = error.partition(" ")
    return BY_CODE.get(code) or BY_CLASS.get(name) or UNFORESEEN
