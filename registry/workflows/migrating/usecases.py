"""Move the open cases of one version to another: look first, then do it in one recorded step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work
from registry.workflows import models, moving, versions
from registry.workflows.definition import Transition
from registry.workflows.migrating import facts
from registry.workflows.migrating.ground import Ground
from registry.workflows.migrating.routing import Landing, Mapped, Route, route
from registry.workflows.models import Group, Migration, Version

Tell = Callable[[int, int], None]
"""Told how many cases are done, and how many there are."""


def tell_nobody(_done: int, _total: int) -> None:
    """Nobody waits for news."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which set is meant: the open cases of the version `source`.

    Attributes:
        mapped: states before and after; a state that is not here keeps its name.
    """

    definition_id: str
    source: int
    target: int
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class Standing:
    """The open cases of one state.

    Attributes:
        target: where they would go; none: they would have no place.
        counted: of how many the next deadline would be counted anew; the others keep theirs.
    """

    state: str
    held: int
    target: str | None
    counted: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would do, state by state."""

    route: Route
    places: tuple[Standing, ...]

    @property
    def total(self) -> int:
        """How many open cases the set has."""
        return sum(place.held for place in self.places)

    @property
    def homeless(self) -> tuple[Standing, ...]:
        """The states in which cases stand that would have no place."""
        return tuple(place for place in self.places if place.target is None)


def plan(work: Work, asked: Asked) -> Plan:
    """Say how many cases stand where and where they would go; nothing is changed.

    Raises:
        NotFoundError: there is no such definition or version.
        InvalidError: the two versions are one, or a state is not in its version.
    """
    old, new = (_version(work, asked, number) for number in (asked.source, asked.target))
    if old == new:
        raise InvalidError(N_("Это одна и та же версия: выберите две разные."), code="same-version")
    definitions = [versions.definition_at(work.connection, one) for one in (old, new)]
    way = route(definitions[0], definitions[1], asked.mapped)
    held = models.standing(work.connection, asked.definition_id, asked.source)
    standing = {state for state, _ in held}
    return Plan(way, tuple(_standing(way, one.id, held) for one in way.old.states if one.id in standing))


def migrate(work: Work, asked: Asked, tell: Tell = tell_nobody) -> Migration:
    """Move every open case of a version to another in one step with one entry of the trail.

    A deadline that is the same in both versions is not counted again. What the new version does at once
    where a case arrives, and the old one did not, is done then; and so are the immediate steps of cases
    above, where a sub-case of theirs now stands in another state.

    Raises:
        NotFoundError, InvalidError: as `plan` says.
        ConflictError: there is no case to move, or some would have no place.
    """
    models.hold_above_set(work.connection, asked.definition_id, asked.source)
    models.hold_set(work.connection, asked.definition_id, asked.source)
    planned = plan(work, asked)
    _demand_places(planned)
    migration = _begin(work, asked, planned)
    hurried = [one for place in planned.places for one in _hurried(work, migration, planned.route, place)]
    _Mover(work, planned.route, migration, tell).move(planned)
    about = ObjectRef(facts.KIND, migration.id, 1)
    work.record(Entry(EntryType.CASE_MIGRATED, about, facts.state_of(work.connection, migration), None))
    for case_id in hurried:
        case = models.find(work.connection, case_id)
        if case is not None:
            moving.hold_above(work, case)
            moving.settle(work, planned.route.new, case)
    for parent_id in models.above_moved(work.connection, migration.id):
        moving.settle_above(work, parent_id)
    return migration


def _version(work: Work, asked: Asked, number: int) -> Version:
    held = models.versions_of(work.connection, asked.definition_id)
    found = next((one for one in held if one.version == number), None)
    if found is None:
        raise NotFoundError(
            N_("У процесса «%(definition)s» нет версии %(version)s."),
            code="no-such-version",
            definition=asked.definition_id,
            version=number,
        )
    return found


def _standing(way: Route, state: str, held: Mapping[tuple[str, int | None], int]) -> Standing:
    lines = {line: count for (name, line), count in held.items() if name == state}
    target = way.mapped.get(state)
    if target is None:
        return Standing(state, sum(lines.values()), None, 0)
    counted = sum(count for line, count in lines.items() if way.landing(state, line).counted)
    return Standing(state, sum(lines.values()), target, counted)


def _demand_places(planned: Plan) -> None:
    if not planned.total:
        raise ConflictError(N_("Открытых дел этой версии нет."), code="nothing-to-move")
    if planned.homeless:
        raise ConflictError(
            N_("Некоторым делам нет места в новой версии: скажите, куда их поставить: %(states)s."),
            code="no-place",
            states=", ".join(place.state for place in planned.homeless),
        )


def _begin(work: Work, asked: Asked, planned: Plan) -> Migration:
    migration = Migration(
        id=work.new_id(),
        definition_id=asked.definition_id,
        source=asked.source,
        target=asked.target,
        mapping={place.state: planned.route.mapped[place.state] for place in planned.places},
        moved=planned.total,
        moved_at=work.now,
        actor_id=work.actor.id,
    )
    models.add_migration(work.connection, migration)
    return migration


def _hurried(work: Work, migration: Migration, way: Route, place: Standing) -> list[UUID]:
    """The cases that the new version would move on at once, and the old one did not."""
    target = migration.mapping[place.state]
    if _at_once(way.new.ways_out(target)) == _at_once(way.old.ways_out(place.state)):
        return []
    return models.ids_in(work.connection, _group(migration, place.state))


def _at_once(ways: tuple[Transition, ...]) -> set[tuple[object, ...]]:
    return {(way.id, way.guards, way.waits_for, way.target) for way in ways if way.immediate}


def _group(migration: Migration, state: str) -> Group:
    return Group(migration.definition_id, migration.source, state, any_line=True)


@dataclass(frozen=True, slots=True)
class _Mover:
    """Writes the lines of history and the cases of one set, group after group."""

    work: Work
    way: Route
    migration: Migration
    tell: Tell

    def move(self, planned: Plan) -> None:
        held = models.standing(self.work.connection, self.migration.definition_id, self.migration.source)
        for place in planned.places:
            self._write_lines(place.state)
        done = 0
        for (state, line), count in held.items():
            landing = self.way.landing(state, line)
            group = Group(self.migration.definition_id, self.migration.source, state, line)
            if landing.counted:
                self._count(group, landing, done)
            else:
                models.move_together(
                    self.work.connection, group, self._new(landing, due_line=landing.new_line)
                )
            done += count
            self.tell(done, planned.total)

    def _write_lines(self, state: str) -> None:
        actor = self.work.actor
        line = {
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_role": actor.role,
            "at": self.work.now,
            "migration_id": self.migration.id,
        }
        group, target = _group(self.migration, state), self.migration.mapping[state]
        models.write_lines(self.work.connection, group, target, line)

    def _count(self, group: Group, landing: Landing, done: int) -> None:
        ground = Ground(self.work, self.way, landing)
        for part in models.countable(self.work.connection, group):
            models.move_each(self.work.connection, self._new(landing), ground.dues(part))
            done += len(part)
            self.tell(done, self.migration.moved)

    def _new(self, landing: Landing, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - values of columns
        new = {"version": self.migration.target, "state": landing.target, **more}
        if not landing.keeps_task:
            role = self.way.new.state(landing.target).assignee
            new |= {"assignee_role": role, "assignee_person": None}
        return new
