"""Entering a paper with the missing fields that it carries: the act first, then the fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.usecases.own_data import Told, what_is_wrong
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.consents.usecases.writing import Signed
from registry.errors import InvalidError
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Person
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.corrections import correct_field
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Carried:
    """What a paper says of the person of whom it speaks, besides the decision.

    Attributes:
        values: texts by field, only of fields that were empty.
        vouches: whether the signature stands for the contacts too.
    """

    person: Person
    values: Mapping[str, str] = field(default_factory=dict)
    vouches: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of it: the act, and the fields that were left out since somebody else holds the value."""

    signed: Signed
    left_out: tuple[str, ...]


def wrong_fields(work: Work, carried: Carried) -> dict[str, InvalidError]:
    """Hold the texts against the rules of their fields, before anything is written."""
    return what_is_wrong(work, carried.person, Told(carried.values))


def enter_paper(work: Work, paper: Paper, carried: Carried) -> Entered:
    """Record the act of a paper, then the fields that it carries, and confirm the contacts that it states.

    Raises:
        RegistryError: as `record_paper_act`; nothing was written then.
    """
    signed = record_paper_act(work, paper)
    left_out = [
        name
        for name, text in carried.values.items()
        if not _write(work, paper.school_id, carried, name, text)
    ]
    if carried.vouches:
        for kind in ContactKind:
            confirm_contact(work, carried.person.id, kind, Confirmed.STATEMENT)
    return Entered(signed, tuple(left_out))


def _write(work: Work, school_id: UUID, carried: Carried, name: str, text: str) -> bool:
    if not text.strip():
        return True
    return correct_field(work, school_id, carried.person.id, name, text).collision is None
