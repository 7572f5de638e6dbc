"""A signer's visit: the link is shown, a code is sent, the right code opens a sitting."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.access.tokens import token_hash
from registry.consents.models import visits
from registry.consents.models.asking import Consent, consents_of_signer
from registry.consents.models.visits import Code, Invitation, Sitting
from registry.consents.rules.visits import (
    GUESSES,
    SITTING_LASTS,
    Entered,
    plain_code,
)
from registry.consents.usecases.codes import MASKED, Way, code_hash, masked, send_code
from registry.consents.usecases.identifying import keep_how
from registry.consents.usecases.standing import signer_of
from registry.errors import N_, ConflictError, GoneError
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Person
from registry.people.usecases.contacts import confirm_contact
from registry.programmes.rules import NoticeKind
from registry.storage.failpoints import reach
from registry.storage.reach import AT_THE_DOOR, Reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

_AUTH = {ContactKind.PHONE: "sms-code", ContactKind.EMAIL: "email-code"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A good link and its holder; `role` is how the signer acts in this programme.

    Attributes:
        students: for whom he may act today: himself, or the children whom he represents.
        asked: what is asked of him.
    """

    invitation: Invitation
    signer: Person
    role: Literal["guardian", "student"]
    ways: tuple[Way, ...]
    students: tuple[Person, ...] = ()
    asked: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What one guess at a code came to; the code is there when it was right."""

    result: Entered
    guesses_left: int = 0
    code: Code | None = None


def look_at_link(work: Work, token: str) -> Visit:
    """Find who a link belongs to; nothing changes, so a mail scanner may look too.

    Raises:
        GoneError: it is unknown, expired or void, or its holder may act for nobody; the words say what to do.
    """
    work.see(AT_THE_DOOR)
    invitation = visits.find_invitation(work.connection, token_hash(token))
    if invitation is None or invitation.revoked_at or invitation.expires_at <= work.now:
        raise _link_gone()
    _enter_school(work, invitation)
    signer, students = signer_of(work, invitation.school_id, invitation.signer_id)
    if signer is None or _changed_by_staff(signer, invitation.created_at):
        raise _link_gone()
    asked = consents_of_signer(work.connection, invitation.school_id, invitation.programme, signer.id)
    return Visit(invitation, signer, _role_of(asked), ways_of(signer), students, tuple(asked))


def _enter_school(work: Work, invitation: Invitation) -> None:
    """See the school of a link, and the door still: the right code ends the session that was there before."""
    work.see(Reach(schools=frozenset({invitation.school_id}), door=True))


def _changed_by_staff(signer: Person, since: datetime) -> bool:
    """Tell whether staff changed a contact of the signer after his link was made."""
    held = (one.changed_by_staff_at for one in (signer.phone, signer.email) if one)
    return any(at is not None and at > since for at in held)


def _still_good(work: Work, visit: Visit) -> Invitation:
    """Hold a link that was looked at before against the present."""
    invitation = visits.good_invitation(work.connection, visit.invitation.id, work.now)
    if invitation is None:
        raise _link_gone()
    return invitation


def start(work: Work, visit: Visit, kind: ContactKind, language: str | None = None) -> Way:
    """Begin a visit: note that a person opened the link, and send a code to one of his contacts.

    Args:
        work: in which the code is written down.
        visit: the link and its holder, as looked at before: the link is held against the present once more.
        kind: which contact.
        language: of the reader.

    Raises:
        GoneError: the link became void meanwhile.
        ConflictError: `no-contact`: he has no such contact.
        TooManyError: too many codes were sent lately.
    """
    _enter_school(work, visit.invitation)
    invitation = _still_good(work, visit)
    contact = visit.signer.phone if kind is ContactKind.PHONE else visit.signer.email
    if contact is None:
        raise ConflictError(
            N_("Такого контакта у вас не записано. Выберите другой или обратитесь в школу."),
            code="no-contact",
        )
    if invitation.opened_at is None:
        visits.mark_opened(work.connection, invitation.id, work.now)
        _record(work, EntryType.INVITATION_OPENED, invitation)
    return send_code(work, invitation, contact, language)


def may_guess(work: Work, visit: Visit) -> bool:
    """Look whether there is a code to guess at: who only tries around costs nobody the turn to write."""
    return visits.is_guessable(work.connection, visit.invitation.id, work.now)


def guess_code(work: Work, visit: Visit, typed: str) -> Guess:
    """Take one guess at the code.

    Args:
        work: of the guess alone. It is committed whatever comes of the guess and of the request, and only
            then may anybody learn what it came to: a guess that can be rolled back costs nothing.
        visit: the link and its holder, as looked at before: the link is held against the present once more.
        typed: six digits.

    Raises:
        GoneError: the link became void meanwhile.
    """
    _enter_school(work, visit.invitation)
    _still_good(work, visit)
    return guess_at(work, visit.invitation, typed)


def guess_at(work: Work, invitation: Invitation, typed: str) -> Guess:
    """Take one guess at the code that went out for a link, in a unit of work of the guess alone."""
    code = visits.take_guess(work.connection, invitation.id, work.now)
    reach("code.guess-taken")
    if code is None:
        return Guess(Entered.SPENT)
    if not hmac.compare_digest(code.code_hash, code_hash(work, code.id, plain_code(typed))):
        _record(work, EntryType.CODE_FAILED, invitation)
        return Guess(Entered.WRONG if code.guesses_left else Entered.SPENT, code.guesses_left)
    return Guess(Entered.RIGHT, code.guesses_left, code)


def sit_down(work: Work, visit: Visit, code: Code) -> Sitting | None:
    """Open the sitting of a code that was guessed right; none when it has opened one before, or is void.

    Raises:
        GoneError: the link became void meanwhile.
    """
    _enter_school(work, visit.invitation)
    _still_good(work, visit)
    if not visits.mark_entered(work.connection, code.id, work.now):
        return None
    reach("code.entered-before-sitting")
    return _open_sitting(work, visit, code)


def _open_sitting(work: Work, visit: Visit, code: Code) -> Sitting:
    kind = ContactKind(code.contact_kind)
    sitting = Sitting(
        id=work.new_id(),
        school_id=visit.invitation.school_id,
        programme=visit.invitation.programme,
        signer_id=visit.signer.id,
        code_id=code.id,
        auth=_AUTH[kind],
        contact_changed=code.contact_changed,
        began_at=work.now,
        ends_at=work.now + SITTING_LASTS,
    )
    visits.add_sitting(work.connection, sitting)
    reach("sitting.opened-before-contact")
    accept_code(work, sitting, code)
    return sitting


def accept_code(work: Work, sitting: Sitting, code: Code) -> None:
    """Confirm the contact that a right code came to, and write the evidence of it into the trail."""
    kind = ContactKind(code.contact_kind)
    contact = confirm_contact(work, sitting.signer_id, kind, Confirmed.CODE)
    keep_how(work, sitting, code, contact)
    key = work.vault.key_of(work.connection, sitting.signer_id)
    evidence: dict[str, Json] = {
        "sitting": str(sitting.id),
        "channel": code.contact_kind,
        "masked": work.vault.open_text(key, MASKED, code.id, code.masked),
        "sent_at": code.sent_at.isoformat(),
        "guesses": GUESSES - code.guesses_left,
        "invitation": str(code.invitation_id),
        "contact_changed": code.contact_changed,
    }
    about = ObjectRef("code", code.id, 1)
    slot = Slot(sitting.signer_id, evidence)
    work.record(Entry(EntryType.CODE_ACCEPTED, about, None, sitting.school_id, (slot,)))


def _role_of(asked: Sequence[Consent]) -> Literal["guardian", "student"]:
    """Tell as whom a link's holder acts."""
    own = any(one.notice is NoticeKind.STUDENT_SELF for one in asked)
    return "student" if own else "guardian"


def ways_of(signer: Person) -> tuple[Way, ...]:
    """Name the ways to send a code to a person."""
    held = [one for one in (signer.phone, signer.email) if one]
    return tuple(Way(one.kind, masked(one)) for one in held)


def _record(work: Work, kind: EntryType, invitation: Invitation) -> None:
    about = ObjectRef("invitation", invitation.id, 1)
    work.record(Entry(kind, about, None, invitation.school_id, (Slot(invitation.signer_id, None),)))


def _link_gone() -> GoneError:
    return GoneError(
        N_("Эта ссылка не действует. Проверьте, что она открыта целиком, или попросите в школе новую."),
        code="link-gone",
    )
