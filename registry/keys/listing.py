"""The keys as people read them: whose each is, how long it lasts, and what has to be done."""

from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_
from registry.keys import models
from registry.keys.rules import ENDED, Asked, Key, Kind, State, days_left, warning_of
from registry.people.models import places
from registry.work import Work

OPERATOR_NAME = N_("Оператор реестра")
NOTES = {
    "making": N_("создаётся"),
    "create": N_("ждёт подтверждения вторым сотрудником"),
    "revoke": N_("остановлен: отзыв ждёт подтверждения вторым сотрудником"),
    "unknown-to-platform": N_("ждёт включения: передайте его платформе"),
    "no-revocation": N_("отозван, но сертификат отзыва ещё не применён"),
    "soon": N_("осталось дней: %(days)s"),
    "ended": N_("срок истёк: подписывать им нельзя, замените его"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One key for a list.

    Attributes:
        owner: a name to show.
        warning: the step of warnings reached: 60, 30, 7 or 0 days; none while the end is far.
        days: whole days until the end.
        codes: which of the notes there are; `notes` are their words.
    """

    key: Key
    owner: str
    warning: int | None
    days: int | None
    codes: tuple[str, ...]

    @property
    def notes(self) -> list[str]:
        """Say what is to be known besides, in Russian; pages translate the codes themselves."""
        return [
            NOTES[code] % {"days": self.days} if "%" in NOTES[code] else NOTES[code] for code in self.codes
        ]


def listed(work: Work) -> list[Listed]:
    """List every key, the ones in use and the waiting first within an owner; two statements."""
    found = models.every(work.connection)
    names = {school.id: school.name for school in places.list_schools(work.connection)}
    order = [State.ACTIVE, State.PENDING, State.RETIRED, State.REVOKED]
    found.sort(key=lambda one: (list(Kind).index(one.kind), one.owner, order.index(one.state)))
    return [listed_one(work, key, names) for key in found]


def listed_one(work: Work, key: Key, names: dict[UUID, str]) -> Listed:
    """Describe one key; `names` are the schools' by id."""
    warning = warning_of(key, work.now)
    return Listed(key, _owner(key, names), warning, days_left(key, work.now), tuple(_codes(key, warning)))


def _owner(key: Key, names: dict[UUID, str]) -> str:
    if key.kind is Kind.OPERATOR:
        return OPERATOR_NAME
    return names.get(key.school_id, key.owner) if key.school_id else key.owner


def _codes(key: Key, warning: int | None) -> list[str]:
    said = [key.asked.value] if key.asked else []
    if key.state is State.PENDING and key.asked is not Asked.CREATE:
        said.append("making" if key.fingerprint is None else "unknown-to-platform")
    if key.state is State.REVOKED and key.own and key.fingerprint and key.revoked_key is None:
        said.append("no-revocation")
    if warning is not None:
        said.append("ended" if warning == ENDED else "soon")
    return said
