"""What the engine asks about schools, which it does not know: where they lie, and how they are called."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import false, select

from registry.access.rules import Place, Scope
from registry.work import Work
from registry.workflows.models.counting import Below
from registry.workflows.models.tables import cases


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a branch, for lists that are chosen by links: a region, a municipality, a school."""

    scope: Scope
    id: UUID
    name: str


class Atlas(Protocol):
    """Where schools lie and how they are called."""

    def place_of(self, work: Work, scope: Scope, place_id: UUID) -> Place:
        """Say where a region, municipality or school lies, so that rights for what is wider reach it."""

    def below(self, scope: Scope, place_id: UUID) -> Below:
        """Ask for the ids of the schools of a region or municipality."""

    def parts_of(self, work: Work, scope: Scope, place_id: UUID | None) -> Sequence[Part]:
        """List what lies next below a place, by name; nothing below a school."""

    def part(self, work: Work, scope: Scope, place_id: UUID) -> Part | None:
        """Name a region, municipality or school."""

    def places_of(self, work: Work, schools: Collection[UUID]) -> Mapping[UUID, Place]:
        """Say where schools lie; one statement."""

    def names_of(
        self, work: Work, schools: Collection[UUID], classes: Collection[UUID]
    ) -> Mapping[UUID, str]:
        """Name schools and classes by their ids; two statements at most."""


class Nowhere:
    """What is known until the room of schools registers its own: nothing but that a school is itself."""

    def place_of(self, work: Work, scope: Scope, place_id: UUID) -> Place:
        """Give a school by itself, and nothing wider."""
        del work
        return Place(school=place_id if scope is Scope.SCHOOL else None)

    def below(self, scope: Scope, place_id: UUID) -> Below:
        """Ask for no school."""
        del scope, place_id
        return select(cases.c.id).where(false())

    def parts_of(self, work: Work, scope: Scope, place_id: UUID | None) -> Sequence[Part]:
        """List nothing."""
        del work, scope, place_id
        return ()

    def part(self, work: Work, scope: Scope, place_id: UUID) -> Part | None:
        """Name nothing."""
        del work, scope, place_id
        return None

    def places_of(self, work: Work, schools: Collection[UUID]) -> Mapping[UUID, Place]:
        """Give each school by itself."""
        del work
        return {one: Place(school=one) for one in schools}

    def names_of(
        self, work: Work, schools: Collection[UUID], classes: Collection[UUID]
    ) -> Mapping[UUID, str]:
        """Name nothing."""
        del work, schools, classes
        return {}
