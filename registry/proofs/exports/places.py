"""Whose documents somebody may take out: schools, and the branches that they stand in."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from registry.access.rules import Place
from registry.errors import N_, NotFoundError
from registry.people.models import places
from registry.people.models.places import Municipality, Region, School
from registry.proofs.exports.rules import NO_PLACE, Export, Span
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Site:
    """A place whose documents may be taken out, with the branch that it stands in."""

    span: Span
    id: UUID
    name: str
    region_id: UUID
    municipality_id: UUID | None

    @property
    def place(self) -> Place:
        """Say where it stands; what is below it is no part of that."""
        school = self.id if self.span is Span.SCHOOL else None
        return Place(self.region_id, self.municipality_id, school)


def place_of(export: Export) -> Place:
    """Say where the place of an export stands."""
    return Place(export.region_id, export.municipality_id, export.school_id)


def sites_of(work: Work, may: Callable[[Place], bool]) -> list[Site]:
    """List the places in which somebody may: regions first, then municipalities, then schools, by name."""
    regions = places.list_regions(work.connection)
    towns = [town for one in regions for town in places.list_municipalities(work.connection, one.id)]
    sites = [*map(_of_region, regions), *map(_of_town, towns)]
    sites += map(_of_school, places.list_schools(work.connection))
    return [one for one in sites if may(one.place)]


def site_of(work: Work, span: Span, place_id: UUID) -> Site:
    """Read a place.

    Raises:
        NotFoundError: there is none.
    """
    if span is Span.SCHOOL:
        return _of_school(places.get_school(work.connection, place_id))
    for region in places.list_regions(work.connection):
        if region.id == place_id:
            return _of_region(region)
        for town in places.list_municipalities(work.connection, region.id):
            if town.id == place_id:
                return _of_town(town)
    raise NotFoundError(NO_PLACE, code="no-place")


def name_of(work: Work, export: Export) -> str:
    """Name the place of an export."""
    try:
        return site_of(work, export.span, export.place_id).name
    except NotFoundError:
        return N_("место удалено")


def _of_region(one: Region) -> Site:
    return Site(Span.REGION, one.id, one.name, one.id, None)


def _of_town(one: Municipality) -> Site:
    return Site(Span.MUNICIPALITY, one.id, one.name, one.region_id, one.id)


def _of_school(one: School) -> Site:
    return Site(Span.SCHOOL, one.id, one.name, one.region_id, one.municipality_id)
