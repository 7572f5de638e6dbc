"""The receipts of a sitting by e-mail: one letter some minutes after the last act, with no personal data."""

from collections.abc import Sequence
from uuid import UUID

from registry.catalogues import catalogue
from registry.consents.models.receipts import note_letter, with_letter
from registry.consents.rules.receipts import Unwritten
from registry.consents.rules.titles import NOTICES
from registry.consents.usecases.receipts import sign_receipt
from registry.consents.usecases.refused_channels import contacts_refused, points_of
from registry.documents.marks import readable_code
from registry.errors import ConflictError, InvalidError
from registry.letters.models import Letter
from registry.letters.rules import ContactPoint, LetterKind, check_contact, choose_contact
from registry.letters.usecases import Draft, write
from registry.people.models.persons import Person, load_persons
from registry.people.models.places import get_school
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.keys import TrailKeys
from registry.work import Work

COPY_PATH = "/decide/acts/%s/copy"
"""Where the signer of an act fetches its sealed document, by his personal link and a code."""
SIGNER_LOCK = "receipts"


def write_receipts(work: Work, keys: TrailKeys, sitting: Sequence[Unwritten]) -> Letter | None:
    """Write the receipt letter of one sitting and note it with its acts; None when there is none to write.

    However often and by however many it is called, each act goes into one letter.
    """
    first = sitting[0]
    hold(work.connection, SIGNER_LOCK, first.signer_id)
    written = with_letter(work.connection, [one.id for one in sitting])
    acts = [one for one in sitting if one.id not in written]
    if not acts:
        return None
    signer = load_persons(work.connection, work.vault, {first.signer_id}).get(first.signer_id)
    point = None if signer is None else _usable_address(work, first.school_id, signer)
    letter = None
    if point is not None:
        school = get_school(work.connection, first.school_id)
        said = "\n\n".join(_said_of(work, keys, one) for one in acts)
        values = {"school": school.name, "proof": said}
        letter = write(
            work, Draft(LetterKind.RECEIPT, school.id, first.signer_id, point, values, first.language)
        )
    reach("receipts.letter-before-note")
    note_letter(work.connection, acts, letter.id if letter else None, work.now)
    return letter


def _usable_address(work: Work, school_id: UUID, signer: Person) -> ContactPoint | None:
    try:
        point = choose_contact(LetterKind.RECEIPT, points_of(signer, contacts_refused(work, school_id)))
        check_contact(LetterKind.RECEIPT, point)
    except (ConflictError, InvalidError):
        return None
    return point


def _said_of(work: Work, keys: TrailKeys, act: Unwritten) -> str:
    """Say of an act its document, its reference, where the sealed copy is fetched, and its signed text."""
    _, proof = sign_receipt(work, keys, act.id, act.recorded_at)
    address = work.settings.base_url + COPY_PATH % act.id
    title = catalogue(act.language).gettext(NOTICES[act.notice])
    return f"{title}\n{readable_code(act.id)}\n{address}\n{proof}".rstrip()
