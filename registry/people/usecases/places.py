"""Adding the branch that schools hang on: regions, municipalities, schools, classes."""

from dataclasses import asdict, dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.errors import N_, InvalidError
from registry.people.class_names import ClassName
from registry.people.dates import school_year
from registry.people.identifiers import parse_inn
from registry.people.models import places
from registry.people.models.places import Municipality, Region, School, SchoolClass
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work


@dataclass(frozen=True, slots=True)
class SchoolSaid:
    """What is said of a school when it is added or changed."""

    municipality_id: UUID
    code: str
    name: str
    full_name: str
    address: str
    inn: str | None = None
    email: str | None = None
    phone: str | None = None
    timezone: str = "Asia/Vladivostok"


def add_region(work: Work, code: str, name: str) -> Region:
    """Add a region."""
    region = Region(work.new_id(), code, name)
    places.add_region(work.connection, region)
    about = ObjectRef("region", region.id, 1)
    work.record(Entry(EntryType.REGION_CHANGED, about, {"code": code, "name": name}, None))
    return region


def add_municipality(work: Work, region_id: UUID, name: str) -> Municipality:
    """Add a municipality to a region."""
    town = Municipality(work.new_id(), region_id, name)
    places.add_municipality(work.connection, town)
    state = {"region": str(region_id), "name": name}
    work.record(Entry(EntryType.REGION_CHANGED, ObjectRef("municipality", town.id, 1), state, None))
    return town


def add_school(work: Work, said: SchoolSaid) -> School:
    """Add a school.

    Raises:
        InvalidError: its INN or time zone is wrong.
    """
    school_id, values = work.new_id(), _checked(said)
    places.add_school(work.connection, {**values, "id": school_id, "version": 1})
    state = {**values, "municipality_id": str(said.municipality_id)}
    work.record(Entry(EntryType.SCHOOL_ADDED, ObjectRef("school", school_id, 1), state, school_id))
    return places.get_school(work.connection, school_id)


def change_school(work: Work, school_id: UUID, said: SchoolSaid) -> School:
    """Change what is said of a school.

    Raises:
        InvalidError: its INN or time zone is wrong.
    """
    school, values = places.get_school(work.connection, school_id), _checked(said)
    places.change_school(work.connection, school, values)
    state = {**values, "municipality_id": str(said.municipality_id)}
    about = ObjectRef("school", school_id, school.version + 1)
    work.record(Entry(EntryType.SCHOOL_CHANGED, about, state, school_id))
    return places.get_school(work.connection, school_id)


def _checked(said: SchoolSaid) -> dict[str, str | None]:
    try:
        ZoneInfo(said.timezone)
    except (KeyError, ValueError, OSError):
        raise InvalidError(N_("Такого часового пояса нет: нужен вид Asia/Vladivostok.")) from None
    inn = parse_inn(said.inn) if said.inn else None
    return asdict(said) | {"inn": inn}


def open_classes(work: Work, school_id: UUID, names: frozenset[ClassName]) -> dict[ClassName, SchoolClass]:
    """Give the classes of this school year by name; those that are missing are added."""
    year = school_year(work.today)
    found = {one.name: one for one in places.list_classes(work.connection, school_id, year)}
    made = [
        SchoolClass(work.new_id(), school_id, year, name.grade, name.letter)
        for name in sorted(names - found.keys())
    ]
    places.add_classes(work.connection, made)
    for one in made:
        state: dict[str, Json] = {"year": year, "grade": one.grade, "letter": one.letter}
        work.record(Entry(EntryType.CLASS_ADDED, ObjectRef("class", one.id, 1), state, school_id))
    return found | {one.name: one for one in made}
