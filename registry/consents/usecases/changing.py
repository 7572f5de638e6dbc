"""What follows from a changed contact: links sent before are void, and the old contact is warned."""

from uuid import UUID

from registry.consents.models.past_contacts import find_past_contact
from registry.consents.usecases.inviting import void_links
from registry.consents.usecases.standing import acts_anywhere, represented
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, void, write
from registry.letters.words import Value
from registry.people.contacts import ContactKind
from registry.people.models.families import families_with
from registry.people.models.places import get_school
from registry.storage.failpoints import reach
from registry.work import Work

BY_STAFF = "staff"
_CHANNELS = {ContactKind.PHONE: Channel.SMS, ContactKind.EMAIL: Channel.EMAIL}


def follow_changed_contact(work: Work, past_contact_id: UUID, person_id: UUID, by: str) -> None:
    """Void links where staff changed the contact, and write to the old one.

    Args:
        work: of the worker.
        past_contact_id: the contact as it was.
        person_id: whose it is.
        by: "staff" or "self".
    """
    schools = _schools(work, person_id)
    if by == BY_STAFF:
        void_links(work, person_id)
        for school_id in schools:
            void(work, school_id, person_id)
    reach("contact.links-voided-before-letter")
    old = find_past_contact(work.connection, work.vault, past_contact_id)
    if old is None or not schools:
        return
    school = get_school(work.connection, schools[0])
    values: dict[str, Value] = {"school": school.name, "day": work.today}
    point = ContactPoint(_CHANNELS[old.kind], old.value)
    write(work, Draft(LetterKind.CONTACT_CHANGED, school.id, person_id, point, values))


def _schools(work: Work, person_id: UUID) -> list[UUID]:
    """Name the schools where a person is a student or a guardian, in a fixed order."""
    found = families_with(work.connection, work.vault, person_id, work.today)
    return sorted({family.school_id for family in found})


def close_what_waits(work: Work, school_id: UUID, person_id: UUID) -> None:
    """Stop the letters to somebody who may act for nobody in a school; his links too, if nowhere at all.

    His open pages are closed without this: they look at each click.
    """
    if represented(work, school_id, person_id):
        return
    void(work, school_id, person_id)
    if not acts_anywhere(work, person_id):
        void_links(work, person_id)
