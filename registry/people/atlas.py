"""Where schools lie and how they are called, for the engine's lists of cases and tasks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, Table, select

from registry.access.rules import Place, Scope
from registry.people.class_names import ClassName
from registry.people.models.places import school_names
from registry.people.models.tables import classes, municipalities, regions, schools
from registry.work import Work
from registry.workflows.atlas import Part

_TABLES: Final = {Scope.REGION: regions, Scope.MUNICIPALITY: municipalities, Scope.SCHOOL: schools}


class Schools:
    """The places of this installation."""

    def place_of(self, work: Work, scope: Scope, place_id: UUID) -> Place:
        """Say where a region, municipality or school lies; what is not there lies nowhere."""
        if scope is Scope.REGION:
            return Place(place_id)
        towns = municipalities.c
        asked = select(towns.region_id, towns.id.label("town"))
        if scope is Scope.MUNICIPALITY:
            asked = asked.where(towns.id == place_id)
        else:
            asked = asked.join(schools, schools.c.municipality_id == towns.id).where(schools.c.id == place_id)
        row = work.connection.execute(asked).first()
        school = place_id if scope is Scope.SCHOOL else None
        return Place(school=school) if row is None else Place(row.region_id, row.town, school)

    def below(self, scope: Scope, place_id: UUID) -> Select[tuple[UUID]]:
        """Ask for the ids of the schools of a region or municipality."""
        asked = select(schools.c.id)
        if scope is Scope.MUNICIPALITY:
            return asked.where(schools.c.municipality_id == place_id)
        towns = select(municipalities.c.id).where(municipalities.c.region_id == place_id)
        return asked.where(schools.c.municipality_id.in_(towns))

    def parts_of(self, work: Work, scope: Scope, place_id: UUID | None) -> Sequence[Part]:
        """List the regions of the installation, the municipalities of a region, the schools of one."""
        if scope is Scope.INSTALLATION:
            return _parts(work, Scope.REGION, select(regions.c.id, regions.c.name), regions)
        if scope is Scope.REGION:
            towns = select(municipalities.c.id, municipalities.c.name)
            asked = towns.where(municipalities.c.region_id == place_id)
            return _parts(work, Scope.MUNICIPALITY, asked, municipalities)
        if scope is Scope.MUNICIPALITY:
            asked = select(schools.c.id, schools.c.name).where(schools.c.municipality_id == place_id)
            return _parts(work, Scope.SCHOOL, asked, schools)
        return ()

    def part(self, work: Work, scope: Scope, place_id: UUID) -> Part | None:
        """Name a region, municipality or school."""
        table = _TABLES[scope]
        row = work.connection.execute(select(table.c.name).where(table.c.id == place_id)).first()
        return None if row is None else Part(scope, place_id, row.name)

    def places_of(self, work: Work, school_ids: Collection[UUID]) -> Mapping[UUID, Place]:
        """Say where schools lie; one statement."""
        of = municipalities.c
        asked = select(schools.c.id, of.region_id, of.id.label("town"))
        found = work.connection.execute(
            asked.join(municipalities, of.id == schools.c.municipality_id).where(schools.c.id.in_(school_ids))
        )
        return {row.id: Place(row.region_id, row.town, row.id) for row in found}

    def names_of(
        self, work: Work, school_ids: Collection[UUID], class_ids: Collection[UUID]
    ) -> Mapping[UUID, str]:
        """Name schools and classes by their ids; two statements at most."""
        names = school_names(work.connection, school_ids)
        if not class_ids:
            return names
        asked = select(classes.c.id, classes.c.grade, classes.c.letter).where(classes.c.id.in_(class_ids))
        found = work.connection.execute(asked)
        return names | {row.id: str(ClassName(row.grade, row.letter)) for row in found}


def _parts(work: Work, scope: Scope, asked: Select[tuple[UUID, str]], table: Table) -> list[Part]:
    rows = work.connection.execute(asked.order_by(table.c.name, table.c.id))
    return [Part(scope, row.id, row.name) for row in rows]
