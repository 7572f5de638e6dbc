"""A personal link on paper, for somebody who has no phone and no e-mail that work."""

from uuid import UUID

from registry.consents.rules.reminding import answer_by
from registry.consents.usecases.asking import ask
from registry.consents.usecases.inviting import make_link, void_links
from registry.errors import N_
from registry.letters.rules import Channel, ContactPoint, LetterKind, short_name
from registry.letters.usecases import Draft, print_letter
from registry.letters.words import Value
from registry.people.models.families import Family
from registry.people.models.persons import get_person
from registry.people.models.places import get_school
from registry.programmes.models import participation_of
from registry.work import Work

IN_HAND = N_("лично в руки")


def print_link(work: Work, programme_id: str, family: Family, signer_id: UUID) -> bytes:
    """Void the links of a signer and make a letter with a new one as PDF; the trail says that it was printed.

    Raises:
        ConflictError: the school has not joined the programme.
    """
    ask(work, family.school_id, programme_id, {signer_id})
    void_links(work, signer_id)
    programme = participation_of(work.connection, family.school_id, programme_id).programme
    school = get_school(work.connection, family.school_id)
    signer = get_person(work.connection, work.vault, signer_id)
    link = make_link(work, school.id, programme_id, signer_id, Channel.PAPER)
    values: dict[str, Value] = {
        "school": school.name,
        "student": short_name(family.student.first_name, family.student.last_name),
        "programme": programme.title,
        "deadline": answer_by(programme, work.today),
        "link": link.url,
    }
    point = ContactPoint(Channel.PAPER, signer.address or IN_HAND)
    draft = Draft(LetterKind.INVITATION, school.id, signer_id, point, values)
    return print_letter(work, draft, sender=school.full_name, addressee=signer.full_name)
