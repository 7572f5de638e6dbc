"""The worker's door: links are sent, and a changed contact voids what was sent to the old one."""

from uuid import UUID

from registry.consents.usecases.changing import follow_changed_contact
from registry.consents.usecases.inviting import SEND_INVITATIONS, send_links, without_link
from registry.errors import N_
from registry.jobs.names import errand, job
from registry.jobs.worker import WORKER
from registry.people.usecases.contacts import CONTACT_CHANGED_JOB
from registry.storage.failpoints import reach
from registry.work import Registry, Work

AT_ONCE = 50


@errand(SEND_INVITATIONS, N_("Разослать приглашения школы"))
def send_invitations(registry: Registry, *, school_id: str, programme_id: str) -> None:
    """Send a link to every signer who was asked and holds none, some at a time."""
    school = UUID(school_id)
    with registry.reading(WORKER) as work:
        waiting = without_link(work, school, programme_id)
    for begin in range(0, len(waiting), AT_ONCE):
        with registry.work(WORKER) as work:
            still = set(without_link(work, school, programme_id))
            batch = [one for one in waiting[begin : begin + AT_ONCE] if one in still]
            send_links(work, school, programme_id, batch)
        reach("links.after-batch")


@job(CONTACT_CHANGED_JOB, N_("Отозвать ссылки, посланные на прежний контакт"))
def contact_changed(work: Work, *, past_contact_id: str, person_id: str, by: str) -> None:
    """Void the open links of a person whose contact staff changed, and warn the old contact."""
    follow_changed_contact(work, UUID(past_contact_id), UUID(person_id), by)
