"""A code inside a sitting that a login by ESIA opened: from then on its documents can be signed."""

from dataclasses import dataclass

from registry.consents.models import esia_logins, visits
from registry.consents.models.visits import Code, Invitation, Sitting
from registry.consents.usecases.codes import Way, send_code
from registry.consents.usecases.sitting import Desk
from registry.consents.usecases.visiting import Guess, accept_code, guess_at, ways_of
from registry.errors import N_, ConflictError
from registry.people.contacts import ContactKind
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Signature:
    """How a code can come to the signer of a sitting; `needed` until one was entered."""

    needed: bool
    ways: tuple[Way, ...]


def signature_of(desk: Desk) -> Signature:
    """Tell whether a sitting still needs its code, and where it can be sent."""
    return Signature(desk.sitting.code_id is None, ways_of(desk.signer))


def send(work: Work, desk: Desk, kind: ContactKind, language: str | None = None) -> Way:
    """Send a code for a sitting, in a language.

    Raises:
        ConflictError: he has no such contact, or the code was entered already.
        TooManyError: too many codes were sent lately.
    """
    contact = desk.signer.phone if kind is ContactKind.PHONE else desk.signer.email
    if contact is None:
        raise ConflictError(
            N_("Такого контакта у вас не записано. Выберите другой или обратитесь в школу."),
            code="no-contact",
        )
    return send_code(work, _invitation(work, desk.sitting), contact, language)


def guess(work: Work, desk: Desk, typed: str) -> Guess:
    """Take one guess at the sitting's code, in a unit of work of the guess alone.

    Raises:
        ConflictError: the sitting has its code.
    """
    return guess_at(work, _invitation(work, desk.sitting), typed)


def accept(work: Work, desk: Desk, code: Code) -> bool:
    """Let the sitting go on with a code that was guessed right; false when it was used before, or is void."""
    if not visits.mark_entered(work.connection, code.id, work.now):
        return False
    visits.note_code(work.connection, desk.sitting.id, code)
    accept_code(work, desk.sitting, code)
    return True


def _invitation(work: Work, sitting: Sitting) -> Invitation:
    found = esia_logins.invitation_of_sitting(work.connection, sitting.school_id, sitting.id)
    if found is None or sitting.code_id is not None:
        raise ConflictError(N_("Код в этом сеансе уже введён: подписывайте."), code="code-entered")
    return visits.get_invitation(work.connection, found)
