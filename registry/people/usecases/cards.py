"""Reading a person's card: reads are entries in the trail, one a reader, card and quarter of an hour."""

from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_, NotFoundError
from registry.people.models.enrolled import belongs_to_school
from registry.people.models.families import Family, families_with
from registry.people.models.persons import Person, get_person
from registry.people.usecases.looks import What, note_look
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Card:
    """A person with the families, in this school, where he is the student or a guardian."""

    person: Person
    as_student: Family | None
    as_guardian: tuple[Family, ...]


def view_card(work: Work, school_id: UUID, person_id: UUID) -> Card:
    """Open the card of a person of a school, and record that it was opened.

    Who opens it again within a quarter of an hour looks on: that is no entry of its own.

    Raises:
        NotFoundError: the school has no such person.
    """
    if not belongs_to_school(work.connection, school_id, person_id, work.today):
        raise NotFoundError(N_("Такого человека в школе нет."))
    person = get_person(work.connection, work.vault, person_id)
    note_look(work, school_id, [person], What.CARD)
    families = families_with(work.connection, work.vault, person_id, work.today)
    here = [family for family in families if family.school_id == school_id]
    own = next((family for family in here if family.student.id == person_id), None)
    return Card(person, own, tuple(family for family in here if family is not own))
