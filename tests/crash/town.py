"""The running registry as people of one school meet it, and what a stage of their story is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Table, select

from registry.people.models.families import Family, families_of
from registry.people.models.persons import Person
from registry.people.models.tables import schools
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry

PROGRAMME = "mesh-2020"


class NotYetError(Exception):
    """Somebody waits for something that has not come yet (a letter)."""


@dataclass(frozen=True)
class Town:
    """The running registry as people of one school meet it, and where letters can be read."""

    registry: Registry
    mailbox: str

    @property
    def school(self) -> UUID:
        return UUID(str(self.rows(schools)[0]["id"]))

    def actor(self, role: str, number: int) -> Actor:
        return Actor("staff", UUID(int=number), role, "password", self.school)

    @property
    def clerk(self) -> Actor:
        return self.actor("clerk", 1)

    @property
    def director(self) -> Actor:
        return self.actor("director", 2)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.registry.reading(SYSTEM) as work:
            return [dict(row) for row in work.connection.execute(select(table)).mappings()]

    def families(self) -> dict[str, Family]:
        """Families by the student's first name."""
        with self.registry.reading(SYSTEM) as work:
            found = families_of(work.connection, work.vault, self.school, work.today)
        return {str(one.student.first_name): one for one in found}

    def guardian(self, student: str) -> Person:
        return self.families()[student].guardians[0].person

    def letters(self, *addresses: str) -> list[str]:
        """Texts of the letters to some addresses, the oldest first."""
        got = httpx.get(f"{self.mailbox}/letters", trust_env=False).json()
        return [str(one["text"]) for one in got if one["to"] in addresses]


Step = Callable[[Town], None]


@dataclass(frozen=True)
class Stage:
    """A part of the story; `settles` where every promise is kept at its end."""

    name: str
    steps: tuple[Step, ...]
    settles: bool = True
    platform: bool = False

    def tell(self, town: Town) -> None:
        """Do everything that is not done yet."""
        for step in self.steps:
            step(town)
