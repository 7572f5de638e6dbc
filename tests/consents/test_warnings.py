"""A changed contact: every old one is warned there, and what waited for it is stopped."""

from sqlalchemy import select

from registry.app import load_names
from registry.jobs.worker import keep_due_promises
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.people.usecases.contacts import CONTACT_CHANGED_JOB
from registry.people.usecases.corrections import correct_field, correct_own_fields
from registry.storage.outbox import promises
from tests.consents.conftest import Town

load_names()


def only(town: Town, job: str) -> None:
    """Keep the promises of one job; what else is promised (deliveries, say) is none of this test's."""
    with town.work() as work:
        work.connection.execute(promises.delete().where(promises.c.job != job))
    keep_due_promises(town.registry)


def warned(town: Town) -> list[str]:
    """Read the addresses of the warnings that wait."""
    asked = select(letters.c.id).where(letters.c.kind == "contact_changed", letters.c.state == "queued")
    with town.work() as work:
        found = [take(work.connection, one, work.now) for one in work.connection.execute(asked).scalars()]
        return sorted(open_envelope(work.vault, work.connection, one).address for one in found if one)


def old_contacts(town: Town, person: str) -> list[str]:
    number = list(town.people).index(person) + 1
    return sorted([f"+7914{number:07d}", f"p{number}@example.ru"])


def test_two_contacts_changed_one_after_the_other_are_both_warned(town: Town):
    for field, value in (("phone", "+7 914 999-99-99"), ("email", "new@example.org")):
        with town.work(town.tutor()) as work:
            correct_field(work, town.school, town.people["mother"], field, value)
        only(town, CONTACT_CHANGED_JOB)
    assert warned(town) == old_contacts(town, "mother")


def test_a_contact_changed_by_its_owner_is_warned_at_the_old_address_alone(town: Town):
    with town.work(town.signer("mother")) as work:
        correct_own_fields(work, town.school, town.people["mother"], {"phone": "+7 914 999-99-99"})
    only(town, CONTACT_CHANGED_JOB)
    assert warned(town) == [one for one in old_contacts(town, "mother") if one.startswith("+")]
