"""Questions to the ledger, answered: what a set of fields holds, on which acts it left, who must be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from registry.consents.models.acts import ActRow
from registry.errors import N_, NotFoundError
from registry.programmes.rules import Role
from registry.rights.models import disclosed
from registry.rights.models.disclosed import Disclosure
from registry.rights.rules import Receiver, Told
from registry.work import Work

OPEN = frozenset({Told.NOT_TOLD, Told.TOLD, Told.BY_HAND})
"""Of these a receiver still has to be told, or has not confirmed yet."""
DOCUMENTS: Final = {"document": ("document",), "document-and-bundle": ("document", "bundle")}
"""What an export shows: not single fields, but whole documents."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person in one message, with names of the fields and the acts that allowed it."""

    disclosure: Disclosure
    fields: tuple[str, ...]
    acts: tuple[ActRow, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has a student's data of one programme, and what he knows of their end."""

    programme: str
    receivers: tuple[Receiver, ...]

    @property
    def waits(self) -> tuple[Receiver, ...]:
        """Name who must be told if it is taken back now, or has been told and has not confirmed."""
        return tuple(one for one in self.receivers if one.told in OPEN)


def lines_of_message(work: Work, school_id: UUID, message_id: UUID) -> list[Line]:
    """Say which fields of whom left in a message, and on which acts.

    Raises:
        NotFoundError: the school's ledger has no such message.
    """
    found = disclosed.of_message(work.connection, school_id, message_id)
    if not found:
        raise NotFoundError(N_("Такого сообщения в книге передач нет."))
    return _lines(work, school_id, found)


def lines_of_student(work: Work, school_id: UUID, student_id: UUID) -> list[Line]:
    """Say the same of one student and the guardians who were told of beside him."""
    return _lines(work, school_id, disclosed.of_student(work.connection, school_id, student_id))


def standing_of_student(work: Work, school_id: UUID, student_id: UUID) -> list[Standing]:
    """Say who must be told when a decision about a student is taken back: by programme and message."""
    return [
        Standing(one, disclosed.to_be_told(work.connection, school_id, student_id, one))
        for one in disclosed.programmes_about(work.connection, school_id, student_id)
    ]


def _lines(work: Work, school_id: UUID, found: Sequence[Disclosure]) -> list[Line]:
    acts = disclosed.acts_behind(work.connection, school_id, found)
    fields = {name: _fields_of(work, name) for name in {one.field_set for one in found}}
    return [
        Line(one, fields[one.field_set], tuple(acts[act] for act in one.act_ids if act in acts))
        for one in found
    ]


def _fields_of(work: Work, field_set: str) -> tuple[str, ...]:
    """Name the fields of a set: the version of the programme that stands in its id says them."""
    programme, version, role = field_set.split("/")
    if role in DOCUMENTS:
        return DOCUMENTS[role]
    found = disclosed.programme_of(work.connection, programme, version)
    return () if found is None else found.fields.names(Role(role))
