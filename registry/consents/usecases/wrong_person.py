"""Somebody who got a link says that it is not for him: the link is void, and the school is told."""

from urllib.parse import urlencode

from registry.consents.models.asking import consents_of_signer
from registry.consents.usecases.inviting import void_links
from registry.consents.usecases.visiting import Visit, look_at_link
from registry.errors import N_
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.models.places import get_school
from registry.work import Work

TASK = N_("Проверьте телефон и почту: получатель ссылки сообщил, что она не для него; ссылка закрыта")


def report(work: Work, token: str) -> None:
    """Void the links of the person whom the link was meant for, and write to the school.

    Raises:
        GoneError: the link is good no more.
    """
    visit = look_at_link(work, token)
    void_links(work, visit.signer.id)
    school = get_school(work.connection, visit.invitation.school_id)
    if school.email is None:
        return
    values: dict[str, Value] = {
        "school": school.name,
        "task": TASK,
        "due": work.today,
        "link": f"{work.settings.base_url}{_place_of(work, visit)}",
    }
    point = ContactPoint(Channel.EMAIL, school.email)
    write(work, Draft(LetterKind.TASK, school.id, visit.signer.id, point, values))


def _place_of(work: Work, visit: Visit) -> str:
    """Lead to the links of a student about whom the signer is asked: a letter names nobody."""
    invitation, signer = visit.invitation, visit.signer.id
    asked = consents_of_signer(work.connection, invitation.school_id, invitation.programme, signer)
    student = next((one.about_id for one in asked if one.about_id != signer), signer)
    query = urlencode({"programme": invitation.programme})
    return f"/consents/schools/{invitation.school_id}/students/{student}/links?{query}"
