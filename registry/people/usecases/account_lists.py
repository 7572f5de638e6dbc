"""Lists about accounts at ESIA: who has no confirmed one, and with whom something differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.people.esia_match import AccountState
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.usecases.accounts import Held, held_of
from registry.people.usecases.looks import What, note_export
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Listed:
    """A person on a list: his class (or his children's), whether he is a student, and his account."""

    class_name: str
    student: Person
    held: Held
    is_student: bool


def people_of(work: Work, families: Iterable[Family]) -> list[Listed]:
    """Put the people of some families together with their accounts, by class and name; each once a class."""
    found = list(families)
    held = held_of(work, [person for family in found for person in _people(work, family)])
    listed: dict[tuple[str, object], Listed] = {}
    for family in found:
        for person in _people(work, family):
            name, own = str(family.class_name), person is family.student
            listed.setdefault((name, person.id), Listed(name, family.student, held[person.id], own))
    return list(listed.values())


def _people(work: Work, family: Family) -> list[Person]:
    standing = [one.person for one in family.guardians if one.stands_on(work.today)]
    return [family.student, *standing]


def without_account(listed: Sequence[Listed]) -> list[Listed]:
    """Choose those of whom no confirmed account is known."""
    return [one for one in listed if one.held.state is not AccountState.CONFIRMED]


def record_taken(work: Work, families: Iterable[Family], listed: Sequence[Listed]) -> None:
    """Record that a list was taken out: an entry a family, which names those of it who are on the list."""
    named = {one.held.person.id for one in listed}
    for family in families:
        people = [one for one in _people(work, family) if one.id in named]
        if people:
            note_export(work, family, people, What.ROSTER)


def with_differences(listed: Sequence[Listed]) -> list[Listed]:
    """Choose those about whom somebody has to decide which value is right; each once."""
    found = {one.held.person.id: one for one in reversed(listed) if one.held.differs}
    return list(reversed(found.values()))
