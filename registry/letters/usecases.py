"""Writing letters: a row and a promise in the transaction of the change that needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.documents.posted import PostedLetter, posted_letter_pdf
from registry.letters import models
from registry.letters.envelopes import close
from registry.letters.models import Letter
from registry.letters.rules import Channel, ContactPoint, LetterKind, LetterState, check_contact, earliest
from registry.letters.words import Value, compose
from registry.storage.failpoints import reach
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

DELIVER = "letters.deliver"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written.

    Attributes:
        school_id: the school that writes; none for letters to staff above schools.
        person_id: who gets it.
        contact: where it goes; `rules.choose_contact` finds one.
        values: what its kind says (`rules.PLACES`): plain texts, one line each, days, and titles.
        language: of who gets it, where it is known; else the usual one of the registry.
        expires_at: aware; not delivered later than this (codes).
        attachment_id: a PDF of the file store that goes along by e-mail.
    """

    kind: LetterKind
    school_id: UUID | None
    person_id: UUID
    contact: ContactPoint
    values: Mapping[str, Value]
    language: str | None = None
    expires_at: datetime | None = None
    attachment_id: UUID | None = None


def write(work: Work, draft: Draft) -> Letter:
    """Write a letter and promise its delivery; it leaves after the commit.

    Raises:
        ConflictError: the channel does not suit this kind, or the contact is barred.
        InvalidError: a value or the address is missing, too long or not one line.
    """
    check_contact(draft.kind, draft.contact)
    letter = _add(work, draft, LetterState.QUEUED)
    work.record(_entry(EntryType.LETTER_PROMISED, letter))
    reach("letter.written-before-promise")
    if draft.kind is LetterKind.CODE:
        work.at_once(DELIVER, letter_id=letter.id.hex)
    else:
        work.later(DELIVER, due=earliest(draft.kind, work.now), letter_id=letter.id.hex)
    return letter


def print_letter(work: Work, draft: Draft, *, sender: str, addressee: str) -> bytes:
    """Make a letter on paper as PDF; who prints it sees the link, so the trail says that it was printed.

    Raises:
        ConflictError, InvalidError: as in `write`; the contact's channel must be paper.
    """
    check_contact(draft.kind, draft.contact)
    # The link stands in the square code and below the words, so the words themselves go without it.
    language = draft.language or work.settings.language
    words = compose(draft.kind, Channel.PAPER, {**draft.values, "link": ""}, language)
    letter = _add(work, draft, LetterState.HANDED_OVER)
    work.record(_entry(EntryType.LETTER_PRINTED, letter))
    paragraphs = tuple(line for line in words.text.splitlines() if line.strip())
    posted = PostedLetter(sender, addressee, words.subject, paragraphs, str(draft.values["link"]))
    return posted_letter_pdf(posted, language=language)


def void(work: Work, school_id: UUID | None, person_id: UUID) -> int:
    """Stop letters that wait to go to a person whose contact was changed or barred; give their number."""
    return models.void_waiting(work.connection, school_id, person_id)


def _add(work: Work, draft: Draft, state: LetterState) -> Letter:
    language = draft.language or work.settings.language
    words = compose(draft.kind, draft.contact.channel, draft.values, language)
    letter = Letter(
        id=work.new_id(),
        school_id=draft.school_id,
        person_id=draft.person_id,
        kind=draft.kind,
        channel=draft.contact.channel,
        state=state,
        attempts=0,
        created_at=work.now,
        handed_over_at=None if state is LetterState.QUEUED else work.now,
        provider_id=None,
    )
    sealed = close(work.vault, work.connection, letter, draft.contact.address, words)
    models.add_letter(
        work.connection, letter, sealed, attachment_id=draft.attachment_id, expires_at=draft.expires_at
    )
    return letter


def _entry(kind: EntryType, letter: Letter) -> Entry:
    return Entry(
        type=kind,
        object=ObjectRef("letter", letter.id, 1),
        state=None,
        tenant=letter.school_id,
        slots=(Slot(letter.person_id, None),),
    )
