"""The names that definitions may ask for: rooms own them, and a name without an owner stops the start."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.access.rules import Action, Place, Role
from registry.jobs.names import known_names
from registry.work import Work
from registry.workflows.atlas import Atlas, Nowhere
from registry.workflows.calendars import SHIPPED
from registry.workflows.cases import Case, Refused
from registry.workflows.definition import Known

Guard: TypeAlias = Callable[[Work, Case], Refused | None]
"""Asked before a step: answers None or `Refused`, or raises one of the registry's errors; changes nothing."""
Effect: TypeAlias = Callable[[Work, Case], None]
"""Called in the step's transaction with the case in its new state; never moves its own case."""
PlaceFinder: TypeAlias = Callable[[Work, UUID | None], Place]
"""Where a school lies, so that a municipality and a region see down their branch."""
PageFinder: TypeAlias = Callable[[Case], str]
"""Gives the address of the page where the work on a case's subject is done; asks no database."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where the work on the subject of a case is done, and what one must be allowed to do to come in."""

    action: Action
    find: PageFinder


@dataclass(frozen=True, slots=True)
class Concerned:
    """The person whom the subject of a case is about, and the class in which he learns today, where known."""

    name: str
    class_id: UUID | None = None


ConcernedFinder: TypeAlias = Callable[[Work, Collection[UUID]], Mapping[UUID, Concerned]]
"""Names the persons whom some subjects of a kind are about, by subject; a fixed number of statements."""
LookNoter: TypeAlias = Callable[[str, Mapping[UUID, UUID]], None]
"""Records that who asks was shown names: of which kind of object, and of which one in each school."""


@dataclass(frozen=True, slots=True)
class People:
    """How the persons of a kind of subjects are named, and what one must be allowed to do to be told."""

    action: Action
    find: ConcernedFinder


ZoneFinder: TypeAlias = Callable[[Work, UUID | None], ZoneInfo]
"""In which time zone the days of a school begin and end; asked at each step, so it has to be cheap."""
BirthFinder: TypeAlias = Callable[[Work, Collection[UUID]], Mapping[UUID, date]]
"""The birth dates of subjects of a kind; those that are not known or erased are left out."""

Function = TypeVar("Function")
Key = TypeVar("Key", str, tuple[str, str])

BY_ITSELF = frozenset({"system", "platform"})
"""Kinds of actor that a definition names like roles, because no person stands behind them."""


def has_role(work: Work, by: tuple[str, ...], case: Case) -> bool:
    """The engine's own rule: the role is listed, and the school is not another.

    The door of the room whose case it is has asked the finer right before: in which class, in which branch.
    """
    actor = work.actor
    if actor.kind in BY_ITSELF:
        # Somebody who has not signed in is carried by the door as a system without proof.
        return actor.kind in by and actor.auth != "none"
    foreign = None not in (actor.school, case.school_id) and actor.school != case.school_id
    return actor.role in by and actor.role not in BY_ITSELF and not foreign


def school_only(_work: Work, school_id: UUID | None) -> Place:
    """The rule until the room of schools registers its own: the school is known, its branch is not."""
    return Place(school=school_id)


def zone_of_installation(work: Work, _school_id: UUID | None) -> ZoneInfo:
    """The rule until the room of schools registers its own: one zone for all."""
    return work.settings.timezone


def note_nothing(kind: str, objects: Mapping[UUID, UUID]) -> None:
    """The rule until the room of people registers its own: nobody is named either."""
    del kind, objects


class Names:
    """Guards, effects, roles and the rule of rights of one process, filled while the app is put together."""

    def __init__(self) -> None:
        self.guards: dict[str, Guard] = {}
        self.effects: dict[str, Effect] = {}
        self.roles: set[str] = {*BY_ITSELF, *Role}
        self.place_of: PlaceFinder = school_only
        self.atlas: Atlas = Nowhere()
        self.pages: dict[str, Page] = {}
        self.people: dict[str, People] = {}
        self.note_look: LookNoter = note_nothing
        self.zone_of: ZoneFinder = zone_of_installation
        self.births: dict[str, BirthFinder] = {}
        self.reasons: dict[str, str] = {}
        self.dates: dict[tuple[str, str], str] = {}

    def guard(self, name: str) -> Callable[[Guard], Guard]:
        """Own a guard, as `@NAMES.guard("room.predicate")`."""
        return _owner(self.guards, name)

    def effect(self, name: str) -> Callable[[Effect], Effect]:
        """Own an effect, as `@NAMES.effect("room.verb")`."""
        return _owner(self.effects, name)

    def add_roles(self, *roles: str) -> None:
        """Own roles."""
        self.roles.update(roles)

    def find_places_with(self, place_of: PlaceFinder) -> None:
        """Own the knowledge of where a school lies."""
        self.place_of = place_of

    def know_places_by(self, atlas: Atlas) -> None:
        """Own the knowledge of branches, and of the names of schools and classes."""
        self.atlas = atlas

    def page_of(self, kind: str, action: Action, find: PageFinder) -> None:
        """Own the page where the work on a kind of subjects is done, and say who may come in."""
        self.pages[kind] = Page(action, find)

    def people_of(self, kind: str, action: Action) -> Callable[[ConcernedFinder], ConcernedFinder]:
        """Own the names of the persons of a kind of subjects, and say who may be told them."""

        def remember(find: ConcernedFinder) -> ConcernedFinder:
            self.people[kind] = People(action, find)
            return find

        return remember

    def note_looks_with(self, note_look: LookNoter) -> None:
        """Own the record of who was shown names."""
        self.note_look = note_look

    def find_zones_with(self, zone_of: ZoneFinder) -> None:
        """Own the knowledge of the time zones of schools."""
        self.zone_of = zone_of

    def birth_dates_of(self, kind: str, finder: BirthFinder) -> None:
        """Own the birth dates of a kind of subject, for deadlines at birthdays: asked, never kept."""
        _owner(self.births, kind)(finder)

    def say_reasons(self, words: Mapping[str, str]) -> None:
        """Own the words (texts of the catalogue) for codes that stand as reasons in the history of cases."""
        for code, text in words.items():
            _owner(self.reasons, code)(text)

    def say_dates(self, kind: str, words: Mapping[str, str]) -> None:
        """Own the words (texts of the catalogue) for the dates that cases about a kind of subjects have."""
        for name, text in words.items():
            _owner(self.dates, (kind, name))(text)

    def known(self) -> Known:
        """All names as they are now, the worker's jobs among them."""
        return Known(
            guards=frozenset(self.guards),
            effects=frozenset(self.effects),
            jobs=known_names(),
            roles=frozenset(self.roles),
            births=frozenset(self.births),
            calendars=SHIPPED,
        )


def _owner(owned: dict[Key, Function], name: Key) -> Callable[[Function], Function]:
    def remember(function: Function) -> Function:
        if name in owned:
            message = f"two rooms own the name {name}"
            raise ValueError(message)
        owned[name] = function
        return function

    return remember


NAMES = Names()
"""The names of this process."""
