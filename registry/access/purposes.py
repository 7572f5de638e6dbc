"""The purpose that an auditor states before he reads personal data: its choices, how long it stands."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from registry.errors import N_, InvalidError

PURPOSE_LASTS: Final = timedelta(days=1)
LONGEST_ORDER: Final = 80


class Reason(StrEnum):
    """Why somebody audits."""

    PLANNED = "planned"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    REQUEST = "request"


REASONS: Final = {
    Reason.PLANNED: N_("Плановая проверка"),
    Reason.COMPLAINT: N_("Проверка по обращению или жалобе"),
    Reason.INCIDENT: N_("Разбор происшествия"),
    Reason.REQUEST: N_("Запрос суда, прокуратуры или надзорного органа"),
}
NO_REASON: Final = N_("Выберите, для чего вы смотрите данные.")
NO_ORDER: Final = N_("Укажите номер приказа или запроса, по которому идёт проверка: до 80 знаков.")


def check_purpose(reason: str, order: str) -> tuple[Reason, str]:
    """Take a purpose as it was typed: the reason, and the number of the order with its blanks set right.

    Raises:
        InvalidError: names what is missing.
    """
    plain = " ".join(order.split())
    fields = {}
    if reason not in set(Reason):
        fields["reason"] = NO_REASON
    if not plain or len(plain) > LONGEST_ORDER or not plain.isprintable():
        fields["order"] = NO_ORDER
    if fields:
        raise InvalidError(next(iter(fields.values())), fields=fields)
    return Reason(reason), plain


def stands_at(stated_at: datetime | None, now: datetime) -> bool:
    """Say whether a purpose that was stated then still stands."""
    return stated_at is not None and now - stated_at < PURPOSE_LASTS
