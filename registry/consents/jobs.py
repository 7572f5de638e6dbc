"""The worker's door: links are sent, and a changed contact voids what was sent to the old one."""

from uuid import UUID

from registry.access.rules import Action, Place
from registry.access.usecases.users import RIGHT_ENDED, still_may
from registry.consents.usecases.changing import close_what_waits, follow_changed_contact
from registry.consents.usecases.inviting import SEND_INVITATIONS, send_links, without_link
from registry.consents.usecases.renewing import take_up_texts
from registry.errors import N_, ForbiddenError
from registry.jobs.names import errand, job
from registry.jobs.worker import WORKER
from registry.people.models.places import get_school
from registry.people.usecases.contacts import CONTACT_CHANGED_JOB
from registry.people.usecases.families import GUARDIANSHIP_ENDED_JOB
from registry.programmes.drafts.publishing import TAKE_UP
from registry.storage.failpoints import reach
from registry.work import Registry, Work

AT_ONCE = 50


@errand(SEND_INVITATIONS, N_("Разослать приглашения школы"))
def send_invitations(registry: Registry, *, school_id: str, programme_id: str, by: str | None = None) -> None:
    """Send a link to every signer who was asked and holds none, some at a time.

    Raises:
        ForbiddenError: who had them sent may do so no longer; nothing goes out until somebody else does.
    """
    school = UUID(school_id)
    with registry.reading(WORKER) as work:
        check_still_may(work, school, by)
        waiting = without_link(work, school, programme_id)
    for begin in range(0, len(waiting), AT_ONCE):
        with registry.work(WORKER) as work:
            still = set(without_link(work, school, programme_id))
            batch = [one for one in waiting[begin : begin + AT_ONCE] if one in still]
            send_links(work, school, programme_id, batch)
        reach("links.after-batch")


def check_still_may(work: Work, school_id: UUID, by: str | None) -> None:
    """Let through only what is on behalf of somebody who may invite still, or of nobody.

    Raises:
        ForbiddenError: he may not.
    """
    school = get_school(work.connection, school_id)
    place = Place(school.region_id, school.municipality_id, school.id)
    if by is not None and not still_may(work, UUID(by), Action.INVITE, place):
        raise ForbiddenError(N_("Тот, кто поручил рассылку, больше не вправе это делать."), code=RIGHT_ENDED)


@job(GUARDIANSHIP_ENDED_JOB, N_("Закрыть ссылки и письма того, кто больше не представитель"))
def guardianship_ended(work: Work, *, school_id: str, guardian_id: str) -> None:
    """Stop what is under way to somebody who may act for nobody in a school any longer."""
    close_what_waits(work, UUID(school_id), UUID(guardian_id))


@job(CONTACT_CHANGED_JOB, N_("Отозвать ссылки, посланные на прежний контакт"))
def contact_changed(work: Work, *, past_contact_id: str, person_id: str, by: str) -> None:
    """Void the open links of a person whose contact staff changed, and warn the old contact."""
    follow_changed_contact(work, UUID(past_contact_id), UUID(person_id), by)


@job(TAKE_UP, N_("Перевести школу на новый текст согласий"))
def take_up(work: Work, *, school_id: str, programme_id: str) -> None:
    """Let a school go over to the version of its programme that was published."""
    take_up_texts(work, UUID(school_id), programme_id)
