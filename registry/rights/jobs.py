"""The worker's door: a destruction is announced ahead of its day; a destroyed person leaves no remains."""

import logging
from uuid import UUID

from registry.access.rules import Role
from registry.errors import N_
from registry.jobs.names import errand, job
from registry.rights.models import destructions
from registry.rights.scrubbing import scrub
from registry.rights.shredding import SCRUB
from registry.staff.reminding import Reminder, remind_role
from registry.work import Registry, Work

log = logging.getLogger(__name__)
ANNOUNCED = N_(
    "Через несколько дней будут уничтожены данные по отозванному согласию. Проверьте, не нужны ли они"
)


@job("rights.announce_destruction", N_("Предупредить об уничтожении данных после отзыва"))
def announce_destruction(work: Work, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Write to the school and the operators that a destruction is near, and where it can be stopped."""
    found = destructions.get(work.connection, UUID(subject_id)).destruction
    told = Reminder(found.school_id, ANNOUNCED, found.last_day, f"/destructions/{found.id}")
    for role in (Role.OPERATOR, Role.DIRECTOR):
        remind_role(work, role, told)


@errand(SCRUB, N_("Переписать файлы базы начисто после уничтожения данных человека"))
def scrub_remains(registry: Registry) -> None:
    """Take what the database keeps of overwritten rows out of its files."""
    if not scrub(registry.settings):
        log.warning("remains-not-scrubbed")
