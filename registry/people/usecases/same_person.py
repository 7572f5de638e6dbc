"""A row of a list that may mean the very person who holds the value: who stands in it, what speaks for it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.errors import NotFoundError
from registry.people.contacts import ContactKind, contact_key
from registry.people.models import collisions
from registry.people.models.batches import BatchState, get_batch
from registry.people.models.collisions import Claim
from registry.people.models.known import said_as
from registry.people.models.persons import Person
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.keeping import read_drafts
from registry.work import Work


class Born(StrEnum):
    """Whether the birth dates of both sides agree; the dates themselves are shown to nobody."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Listed:
    """Who stands in the row of a list that claims a value.

    Attributes:
        key: the look-up key of what the row says of him.
        may_be: whether nothing speaks against his being the holder: no two SNILS are one person's.
    """

    row: RowDraft
    person: PersonDraft
    key: bytes
    born: Born
    may_be: bool

    @property
    def full_name(self) -> str:
        """The name as the row says it."""
        said = (self.person.last_name, self.person.first_name, self.person.middle_name)
        return " ".join(one for one in said if one)


def find_listed(work: Work, claim: Claim, holder: Person | None) -> Listed | None:
    """Find who stands in the row of the newest upload that claims a value.

    None where there is no such row: the claim is of somebody who is stored, its upload is gone, the holder
    has the value no more, or the list writes the value for several people.
    """
    if holder is None or claim.claimant_id is not None:
        return None
    for batch_id in collisions.batches_of(work.connection, claim):
        rows = _rows(work, claim.school_id, batch_id)
        found = {one.key: one for row in rows for one in _claiming(work, claim.field, row, holder)}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def of_one_person(work: Work, claim: Claim, holder: Person | None) -> list[tuple[Claim, Listed]]:
    """Gather all claims of the row that stands in one claim; nothing where the row cannot mean the holder."""
    listed = find_listed(work, claim, holder)
    if listed is None or not listed.may_be:
        return []
    others = [
        (one, found)
        for one in collisions.open_claims(work.connection, [claim.school_id])
        if one.holder_id == claim.holder_id and one.field != claim.field
        if (found := find_listed(work, one, holder)) is not None and found.person == listed.person
    ]
    return [(claim, listed), *others]


def _rows(work: Work, school_id: UUID, batch_id: UUID) -> tuple[RowDraft, ...]:
    try:
        batch = get_batch(work.connection, school_id, batch_id)
    except NotFoundError:
        return ()
    if batch.state is BatchState.CANCELLED:
        return ()
    return read_drafts(work.files.get(batch.drafts_file))[1]


def _claiming(work: Work, field: str, row: RowDraft, holder: Person) -> list[Listed]:
    return [
        Listed(row, one, said_as(work.vault, field, one), _born(one, holder), _may_be(one, holder))
        for one in row.people
        if _claims(one, field, holder)
    ]


def _claims(person: PersonDraft, field: str, holder: Person) -> bool:
    said = getattr(person, field)
    if said is None or not person.named:
        return False
    if field == "snils":
        return bool(said == holder.snils)
    kind = ContactKind(field)
    held = holder.phone if kind is ContactKind.PHONE else holder.email
    return held is not None and contact_key(kind, said) == contact_key(kind, held.value)


def _born(person: PersonDraft, holder: Person) -> Born:
    if person.birth_date is None or holder.birth_date is None:
        return Born.UNKNOWN
    return Born.SAME if person.birth_date == holder.birth_date else Born.DIFFERENT


def _may_be(person: PersonDraft, holder: Person) -> bool:
    return person.snils is None or holder.snils is None or person.snils == holder.snils
