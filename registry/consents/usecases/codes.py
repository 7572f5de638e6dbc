"""Codes: six figures sent to a contact of a link's holder, within caps; kept as a keyed hash."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from registry.consents.models import visits
from registry.consents.models.visits import Invitation
from registry.consents.rules.visits import (
    CODE_DIGITS,
    CODE_LASTS,
    COUNTED_FOR_DAY,
    COUNTED_FOR_HOUR,
    GUESSES,
    SENT_A_DAY,
    SENT_AN_HOUR,
    masked_email,
    masked_phone,
)
from registry.errors import N_, TooManyError
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.people.contacts import ContactKind, contact_key
from registry.people.models.persons import Contact, Source
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

MASKED = "codes.masked"
_CHANNELS = {ContactKind.PHONE: Channel.SMS, ContactKind.EMAIL: Channel.EMAIL}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a code can be sent, shown so that only its owner knows it."""

    kind: ContactKind
    masked: str


def send_code(work: Work, invitation: Invitation, contact: Contact, language: str | None = None) -> Way:
    """Send a code to a contact of the link's holder; codes sent before by the link are good no more.

    Raises:
        TooManyError: too many codes were sent lately.
    """
    destination = _destination(work, contact)
    _check_caps(work, invitation.signer_id, destination)
    code_id, shown = work.new_id(), masked(contact)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    key = work.vault.key_of(work.connection, invitation.signer_id)
    visits.add_code(
        work.connection,
        {
            "id": code_id,
            "school_id": invitation.school_id,
            "invitation_id": invitation.id,
            "signer_id": invitation.signer_id,
            "contact_kind": contact.kind.value,
            "destination_index": destination,
            "masked": work.vault.seal(key, MASKED, code_id, shown),
            "code_hash": code_hash(work, code_id, code),
            "guesses_left": GUESSES,
            "sent_at": work.now,
            "expires_at": work.now + CODE_LASTS,
            "contact_changed": _is_of_staff(contact),
        },
    )
    reach("code.added-before-letter")
    _write_letter(work, invitation, contact, (code, language))
    reach("code.letter-before-entry")
    about = ObjectRef("code", code_id, 1)
    slot = Slot(invitation.signer_id, {"channel": contact.kind.value, "masked": shown})
    state = {"channel": contact.kind.value}
    work.record(Entry(EntryType.CODE_SENT, about, state, invitation.school_id, (slot,)))
    return Way(contact.kind, shown)


def masked(contact: Contact) -> str:
    """Show a contact so that only its owner knows it."""
    return (masked_phone if contact.kind is ContactKind.PHONE else masked_email)(contact.value)


def code_hash(work: Work, code_id: UUID, code: str) -> bytes:
    """Give what is kept of a code."""
    return work.vault.blind_index("code", f"{code_id}:{code}")


def _write_letter(work: Work, invitation: Invitation, contact: Contact, told: tuple[str, str | None]) -> None:
    """Send a code in a language, or in the usual one."""
    code, language = told
    values = {
        "code": code,
        "minutes": str(int(CODE_LASTS.total_seconds() // 60)),
        "host": work.settings.base_url.partition("://")[2],
    }
    point = ContactPoint(_CHANNELS[contact.kind], contact.value)
    draft = Draft(
        LetterKind.CODE,
        invitation.school_id,
        invitation.signer_id,
        point,
        values,
        language,
        expires_at=work.now + CODE_LASTS,
    )
    write(work, draft)


def _check_caps(work: Work, signer_id: UUID, destination: bytes) -> None:
    """Count what was sent to the person or the destination; nobody counts either at the same time."""
    hold(work.connection, "codes", signer_id)
    # Always after the person, so that nobody waits in a circle.
    hold(work.connection, "codes to", UUID(bytes=destination[:16]))
    with work.beyond():  # a person gets so many codes, from however many schools
        sent = visits.codes_sent(work.connection, signer_id, destination, work.now - COUNTED_FOR_DAY)
    if len(sent) >= SENT_A_DAY:
        raise TooManyError(
            N_("Сегодня отправлено слишком много кодов. Попробуйте завтра или подпишите на бумаге.")
        )
    if len([one for one in sent if one > work.now - COUNTED_FOR_HOUR]) >= SENT_AN_HOUR:
        raise TooManyError(N_("Отправлено слишком много кодов. Подождите час и попробуйте снова."))


def _is_of_staff(contact: Contact) -> bool:
    """Tell whether staff, not the signer or the first roster, said where he can be reached."""
    return contact.changed_by_staff_at is not None or contact.source is Source.STAFF


def _destination(work: Work, contact: Contact) -> bytes:
    return work.vault.blind_index(contact.kind.value, contact_key(contact.kind, contact.value))
