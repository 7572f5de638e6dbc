"""Schools and classes over the API, and who is in a class."""

from collections import Counter
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import GuardianTold, people_room
from registry.people.dates import school_year
from registry.people.models import places
from registry.people.models.batches import held_rows_of
from registry.people.models.enrolled import count_by_class
from registry.people.models.families import Family, families_of_class
from registry.people.models.places import School
from registry.people.pages.classes import readable_schools
from registry.people.pages.looks import saw_list
from registry.people.pages.room import open_ones, opened_school, place_of
from registry.web.api.bodies import Told
from registry.web.api.fields import Id, Made, Many, Text, Whole, Within
from registry.web.api.tags import tagged
from registry.web.current import begin_reading, require
from registry.web.doors import bearer, shows_names


class SchoolTold(Told):
    """A school."""

    id = Id()
    code = Text()
    name = Text()
    municipality_id = Id()
    region_id = Id()


class WholeSchoolTold(SchoolTold):
    """A school with its particulars."""

    full_name = Text()
    address = Text()
    inn = Text(allow_none=True)
    email = Text(allow_none=True)
    phone = Text(allow_none=True)
    timezone = Made(lambda one: str(one.timezone))
    version = Whole()


class ClassTold(Told):
    """A class of this school year."""

    id = Id()
    name = Text()
    grade = Whole()
    letter = Text()
    school_year = Whole()
    students = Whole()
    held_rows = Whole(metadata={"description": N_("Строки списков, отложенные из-за ошибок")})


class StudentTold(Told):
    """A student of a class by name, and what of his data is there."""

    student_id = Made(lambda one: str(one.student.id))
    full_name = Text(attribute="student.full_name")
    present = Many(Text(), attribute="student.present", metadata={"description": N_("Какие поля заполнены")})
    confirmed = Many(Text(), attribute="student.confirmed")
    guardians = Many(Within(GuardianTold))


@people_room.serves("GET /schools", N_("Школы, которые вам открыты"))
@bearer(Action.PEOPLE_READ)
@people_room.lists(SchoolTold, key=lambda one: one.id)
def list_schools() -> list[School]:
    """List the schools in which the token's owner may read."""
    with begin_reading() as reading:
        return readable_schools(reading, Action.PEOPLE_READ)


@people_room.serves("GET /schools/<uuid:school_id>", N_("Школа"))
@bearer(Action.PEOPLE_READ)
@tagged
@people_room.answers(WholeSchoolTold)
def show_school(school_id: UUID) -> School:
    """Tell of one school."""
    with begin_reading() as reading:
        return opened_school(reading, Action.PEOPLE_READ, school_id)


@people_room.serves("GET /schools/<uuid:school_id>/classes", N_("Классы школы"))
@bearer(Action.PEOPLE_READ)
@people_room.lists(ClassTold, key=lambda one: one["id"])
def list_classes(school_id: UUID) -> list[dict[str, object]]:
    """List the classes of this school year that are open to the token's owner."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.PEOPLE_READ, school_id)
        listed = places.list_classes(reading.connection, school_id, school_year(reading.today))
        counts = count_by_class(reading.connection, school_id, reading.today)
        held = Counter(one.class_name for one in held_rows_of(reading.connection, reading.vault, school_id))
    return [
        {
            "id": one.id,
            "name": str(one.name),
            "grade": one.grade,
            "letter": one.letter,
            "school_year": one.school_year,
            "students": counts.get(one.id, 0),
            "held_rows": held[str(one.name)],
        }
        for one in open_ones(Action.PEOPLE_READ, school, listed)
    ]


@people_room.serves(
    "GET /schools/<uuid:school_id>/classes/<uuid:class_id>/students", N_("Обучающиеся класса с семьями")
)
@shows_names
@bearer(Action.PEOPLE_READ)
@people_room.lists(StudentTold, key=lambda one: one.student.id)
def list_students(school_id: UUID, class_id: UUID) -> tuple[Family, ...]:
    """List a class by names; the look at it is in the trail."""
    with begin_reading() as reading:
        school = places.get_school(reading.connection, school_id)
        require(Action.PEOPLE_READ, place_of(school, class_id))
        places.get_class(reading.connection, school_id, class_id)
        found = families_of_class(reading.connection, reading.vault, school_id, class_id, reading.today)
    saw_list(school_id, "class", class_id)
    return found
