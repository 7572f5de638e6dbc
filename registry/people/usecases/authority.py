"""The document behind a guardian's authority, as the guardian himself states it or a paper shows it."""

from uuid import UUID

from sqlalchemy import update

from registry.errors import N_, InvalidError, NotFoundError
from registry.people.models.families import Guardian, family_of
from registry.people.models.tables import guardianships
from registry.people.names import squeeze
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LONGEST = 300
PLACE = "guardianships.authority_document"


def state_authority(work: Work, school_id: UUID, pair: tuple[UUID, UUID], typed: str) -> bool:
    """Write down the document by which a guardian represents a student; tell whether anything changed.

    Args:
        work: of the guardian, or of staff with the paper in hand.
        school_id: the school where the student learns.
        pair: the student and the guardian.
        typed: title, number, date and issuer of the document in one text.

    Raises:
        NotFoundError: he is no guardian of a student of this school.
        InvalidError: the text is too long or has signs that nobody sees.
    """
    document = squeeze(typed)
    if len(document) > LONGEST:
        raise InvalidError(
            N_("Слишком длинный текст: не больше %(limit)s знаков."), code="text-long", limit=LONGEST
        )
    guardian = _guardian(work, school_id, pair)
    if not document or guardian.authority_document == document:
        return False
    about = ObjectRef("guardianship", guardian.guardianship_id, _store(work, guardian, document))
    slots = (Slot(pair[0], None), Slot(pair[1], {"authority_document": document}))
    state = {"fields": ["authority_document"]}
    work.record(Entry(EntryType.GUARDIANSHIP_CHANGED, about, state, school_id, slots))
    return True


def _store(work: Work, guardian: Guardian, document: str) -> int:
    """Seal the document and count the guardianship's version up; give the new one."""
    key = work.vault.key_of(work.connection, guardian.person.id)
    sealed = work.vault.seal(key, PLACE, guardian.guardianship_id, document)
    stored = (
        update(guardianships)
        .where(guardianships.c.id == guardian.guardianship_id)
        .values(authority_document=sealed, version=guardianships.c.version + 1)
        .returning(guardianships.c.version)
    )
    return int(work.connection.execute(stored).scalar_one())


def _guardian(work: Work, school_id: UUID, pair: tuple[UUID, UUID]) -> Guardian:
    family = family_of(work.connection, work.vault, school_id, pair[0], work.today)
    for one in family.guardians:
        if one.person.id == pair[1]:
            return one
    raise NotFoundError(N_("Такого представителя у обучающегося нет."))
