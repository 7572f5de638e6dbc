"""What the pages of this room share: the blueprint, where things stand, and which programme is meant."""

from uuid import UUID

from flask import Blueprint, request, url_for

from registry.access.rules import Action, Place, Scope, may, rights_for
from registry.errors import N_, ConflictError, NotFoundError
from registry.people.models import places
from registry.people.models.families import Family, family_of
from registry.people.models.places import School
from registry.programmes.models import Participation, participation_of, participations_of
from registry.web.current import require, rights
from registry.work import Work
from registry.workflows.cases import Case

LONGEST_SLUG = 60

blueprint = Blueprint("consents", "registry.consents.pages", template_folder="../templates")


def page_of_class(case: Case) -> str:
    """Give the address of the class that a case concerns; where it is not known, of the list of classes."""
    if case.subject.class_id is None:
        return url_for("consents.classes")
    return url_for("consents.show_class", school_id=case.school_id, class_id=case.subject.class_id)


def place_of(school: School, classroom: UUID | None = None) -> Place:
    """Say where a school, or a class of it, stands in the branch."""
    return Place(school.region_id, school.municipality_id, school.id, classroom)


def own_classes(action: Action, school_id: UUID) -> frozenset[UUID]:
    """Name the classes of a school for which who asks has the action by a role in the class."""
    return frozenset(
        right.place_id
        for right in rights_for(rights(), action)
        if right.scope is Scope.CLASS and right.school_id == school_id and right.place_id is not None
    )


def readable_schools(work: Work, action: Action) -> list[School]:
    """List the schools in which, or in some class of which, who asks may do this."""
    listed = places.list_schools(work.connection)
    return [one for one in listed if may(rights(), action, place_of(one)) or own_classes(action, one.id)]


def opened_school(work: Work, action: Action, school_id: UUID) -> School:
    """Read a school in the whole of which who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    school = places.get_school(work.connection, school_id)
    require(action, place_of(school))
    return school


def opened_family(work: Work, action: Action, school_id: UUID, student_id: UUID) -> tuple[School, Family]:
    """Read the family of a student in whose class who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    school = places.get_school(work.connection, school_id)
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    require(action, place_of(school, family.class_id))
    return school, family


def asked_participation(work: Work, school_id: UUID) -> Participation:
    """Read the school's part in the programme that the address names, or in its first one.

    Raises:
        ConflictError: the school takes part in none.
    """
    named = request.values.get("programme", "")
    if named:
        return participation_of(work.connection, school_id, slug_of(named))
    found = participations_of(work.connection, school_id)
    if not found:
        raise ConflictError(N_("Школа пока не участвует ни в одной программе."), code="not-joined")
    return found[0]


def class_address(family: Family, part: Participation, done: str | None = None) -> str:
    """Give the address of a student's class in a programme; `done` names what was done just now."""
    return url_for(
        "consents.show_class",
        school_id=family.school_id,
        class_id=family.class_id,
        programme=part.programme.id,
        done=done,
    )


def slug_of(text: str) -> str:
    """Read a programme's id that an address or a form carries.

    Raises:
        NotFoundError: it cannot be one.
    """
    if len(text) > LONGEST_SLUG or not text.isascii() or not text.isprintable():
        raise NotFoundError(N_("Такой программы нет."))
    return text


def uuid_of(text: str) -> UUID:
    """Read an id that an address or a form carries.

    Raises:
        NotFoundError: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа.")) from None
