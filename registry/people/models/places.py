"""Regions, municipalities, schools and classes: adding and finding them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from registry.errors import N_, NotFoundError
from registry.people.class_names import ClassName
from registry.people.models.tables import classes, municipalities, regions, schools

SCHOOL_LOCK = "school"
"""Who signs shares it; who freezes a school's roster, lets a message go or undoes a list holds it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the country."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of a region."""

    id: UUID
    region_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class School:
    """A school with the branch that it belongs to."""

    id: UUID
    municipality_id: UUID
    region_id: UUID
    code: str
    name: str
    full_name: str
    address: str
    inn: str | None
    email: str | None
    phone: str | None
    timezone: ZoneInfo
    version: int


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class of a school in one school year."""

    id: UUID
    school_id: UUID
    school_year: int
    grade: int
    letter: str

    @property
    def name(self) -> ClassName:
        """The class as it is called: 9Б."""
        return ClassName(self.grade, self.letter)


_school = select(schools, municipalities.c.region_id).join(municipalities)
_school_by_id = _school.where(schools.c.id == bindparam("school"))


def add_region(connection: Connection, region: Region) -> None:
    """Store a region."""
    connection.execute(insert(regions).values(id=region.id, code=region.code, name=region.name))


def add_municipality(connection: Connection, town: Municipality) -> None:
    """Store a municipality."""
    connection.execute(insert(municipalities).values(id=town.id, region_id=town.region_id, name=town.name))


def add_school(connection: Connection, values: Mapping[str, object]) -> None:
    """Store a school, given by its columns."""
    connection.execute(insert(schools).values(**values))


def change_school(connection: Connection, school: School, values: Mapping[str, object]) -> None:
    """Change a school's columns and count its version up."""
    connection.execute(
        update(schools).where(schools.c.id == school.id).values(**values, version=school.version + 1)
    )


def list_regions(connection: Connection) -> list[Region]:
    """List the regions."""
    return [Region(*row) for row in connection.execute(select(regions).order_by(regions.c.name))]


def list_municipalities(connection: Connection, region_id: UUID) -> list[Municipality]:
    """List the municipalities of a region."""
    query = select(municipalities).where(municipalities.c.region_id == region_id)
    return [Municipality(*row) for row in connection.execute(query.order_by(municipalities.c.name))]


def get_school(connection: Connection, school_id: UUID) -> School:
    """Read a school.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(_school_by_id, {"school": school_id}).first()
    if row is None:
        raise NotFoundError(N_("Такой школы нет."))
    return _made_school(row)


def find_school(connection: Connection, code: str) -> School | None:
    """Find a school by its code."""
    row = connection.execute(_school.where(schools.c.code == code)).first()
    return None if row is None else _made_school(row)


def school_names(connection: Connection, school_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give the names of some schools; one statement."""
    if not school_ids:
        return {}
    query = select(schools.c.id, schools.c.name).where(schools.c.id.in_(school_ids))
    return {row.id: row.name for row in connection.execute(query)}


def list_schools(connection: Connection, municipality_id: UUID | None = None) -> list[School]:
    """List the schools of a municipality, or all."""
    query = _school.order_by(schools.c.name)
    if municipality_id is not None:
        query = query.where(schools.c.municipality_id == municipality_id)
    return [_made_school(row) for row in connection.execute(query)]


def _made_school(row: Row[*tuple[Any, ...]]) -> School:
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's mapping
    return School(**{**values, "timezone": ZoneInfo(row.timezone)})


def get_class(connection: Connection, school_id: UUID, class_id: UUID) -> SchoolClass:
    """Read a class of a school.

    Raises:
        NotFoundError: the school has no such class.
    """
    query = select(classes).where(classes.c.school_id == school_id, classes.c.id == class_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такого класса нет."))
    return SchoolClass(*row)


def list_classes(connection: Connection, school_id: UUID, school_year: int) -> list[SchoolClass]:
    """List a school's classes of a school year, by grade and letter."""
    query = select(classes).where(classes.c.school_id == school_id, classes.c.school_year == school_year)
    return [
        SchoolClass(*row) for row in connection.execute(query.order_by(classes.c.grade, classes.c.letter))
    ]


def add_classes(connection: Connection, made: Sequence[SchoolClass]) -> None:
    """Store classes."""
    rows = [
        {
            "id": one.id,
            "school_id": one.school_id,
            "school_year": one.school_year,
            "grade": one.grade,
            "letter": one.letter,
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(classes), rows)
