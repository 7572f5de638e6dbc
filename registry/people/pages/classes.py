"""Pages of classes: the way in, the classes of a school, the list of a class."""

from collections import Counter
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.people.dates import school_year
from registry.people.models import places
from registry.people.models.batches import held_rows_of
from registry.people.models.collisions import open_tasks
from registry.people.models.enrolled import count_by_class
from registry.people.models.families import families_of_class
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.people.pages.room import WORDS, blueprint, open_ones, opened_school, own_classes, place_of
from registry.people.usecases.account_lists import people_of, with_differences
from registry.web import navigation
from registry.web.current import begin_reading, can, require
from registry.web.doors import allowed, shows_names
from registry.web.templating import page
from registry.work import Work

navigation.add(
    navigation.Entry(
        "people.home", N_("Классы"), N_("Списки классов и карточки людей."), Action.PEOPLE_READ, order=20
    )
)


@blueprint.get("/")
@allowed(Action.PEOPLE_READ)
def home() -> ResponseReturnValue:
    """Show the schools of who reads; a single one opens at once."""
    with begin_reading() as reading:
        schools = readable_schools(reading, Action.PEOPLE_READ)
    if len(schools) == 1:
        return redirect(url_for("people.classes", school_id=schools[0].id), 303)
    return page("people/schools.html", schools=schools)


def readable_schools(reading: Work, action: Action) -> list[School]:
    """List the schools in which who reads may do this, or in a class of which he may."""
    listed = places.list_schools(reading.connection)
    return [one for one in listed if can(action, place_of(one)) or own_classes(action, one.id)]


@blueprint.get("/<uuid:school_id>/classes")
@allowed(Action.PEOPLE_READ)
def classes(school_id: UUID) -> ResponseReturnValue:
    """List the classes of a school that are open to who reads, with their numbers and held rows."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.PEOPLE_READ, school_id)
        listed = places.list_classes(reading.connection, school_id, school_year(reading.today))
        counts = count_by_class(reading.connection, school_id, reading.today)
        held = held_rows_of(reading.connection, reading.vault, school_id)
        tasks = open_tasks(reading.connection, school_id)
    return page(
        "people/classes.html",
        school=school,
        classes=open_ones(Action.PEOPLE_READ, school, listed),
        counts=counts,
        whole_school=can(Action.PERSON_EDIT, place_of(school)),
        tasks=len(tasks),
        held=Counter(one.class_name for one in held),
    )


@blueprint.get("/<uuid:school_id>/classes/<uuid:class_id>")
@shows_names
@allowed(Action.PEOPLE_READ)
def classroom(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """List a class: students and guardians by name, and what of their data is there."""
    with begin_reading() as reading:
        school = places.get_school(reading.connection, school_id)
        require(Action.PEOPLE_READ, place_of(school, class_id))
        asked = places.get_class(reading.connection, school_id, class_id)
        families = families_of_class(reading.connection, reading.vault, school_id, class_id, reading.today)
        held = [
            one
            for one in held_rows_of(reading.connection, reading.vault, school_id)
            if one.class_name == str(asked.name)
        ]
        differing = with_differences(people_of(reading, families))
    saw_list(school_id, "class", class_id)
    return page(
        "people/classroom.html",
        school=school,
        asked=asked,
        families=families,
        held=held,
        differing=differing,
        **WORDS,
    )
