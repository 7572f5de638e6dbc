"""What the pages of people share: the blueprint, where things stand, the words of fields and levels."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint

from registry.access.rules import Action, Place, Scope, may, rights_for
from registry.errors import N_, NotFoundError
from registry.people.models import places
from registry.people.models.places import School, SchoolClass
from registry.people.relations import LABELS
from registry.people.rosters.comparing import RowState
from registry.people.rosters.findings import Level
from registry.web.current import require, rights
from registry.work import Work

blueprint = Blueprint("people", __name__, url_prefix="/schools", template_folder="../templates")

FIELD_WORDS = {
    "last_name": N_("фамилия"),
    "first_name": N_("имя"),
    "middle_name": N_("отчество"),
    "birth_date": N_("дата рождения"),
    "snils": N_("СНИЛС"),
    "phone": N_("телефон"),
    "email": N_("почта"),
    "relation": N_("кем приходится"),
    "address": N_("адрес"),
    "identity_document": N_("документ, удостоверяющий личность"),
    "class": N_("класс"),
    "": N_("строка"),
}
SIDE_WORDS = {"student": N_("обучающийся"), "guardian": N_("представитель")}
LEVEL_WORDS = {
    Level.ERROR: (N_("Ошибка"), "red"),
    Level.INCOMPLETE: (N_("Неполно"), "orange"),
    Level.WARNING: (N_("Проверьте"), "yellow"),
    Level.OK: (N_("Принято"), "green"),
}
STATE_WORDS = {
    RowState.NEW: N_("новая запись"),
    RowState.CHANGED: N_("изменится"),
    RowState.SAME: N_("уже записано"),
}
CONFIRMED_WORDS = {
    "code": N_("подтверждён кодом"),
    "esia": N_("подтверждён Госуслугами"),
    "statement": N_("подтверждён заявлением"),
}
WORDS = {
    "field_words": FIELD_WORDS,
    "side_words": SIDE_WORDS,
    "level_words": LEVEL_WORDS,
    "state_words": STATE_WORDS,
    "confirmed_words": CONFIRMED_WORDS,
    "relation_words": LABELS,
}


def place_of(school: School, classroom: UUID | None = None) -> Place:
    """Say where a school, or a class of it, stands in the branch."""
    return Place(school.region_id, school.municipality_id, school.id, classroom)


def opened_school(work: Work, action: Action, school_id: UUID) -> School:
    """Read a school in which, or in some class of which, who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    school = places.get_school(work.connection, school_id)
    if not own_classes(action, school_id):
        require(action, place_of(school))
    return school


def own_classes(action: Action, school_id: UUID) -> frozenset[UUID]:
    """Name the classes of a school for which who asks has the action by a role in the class."""
    return frozenset(
        right.place_id
        for right in rights_for(rights(), action)
        if right.scope is Scope.CLASS and right.school_id == school_id and right.place_id is not None
    )


def open_ones(action: Action, school: School, classes: Iterable[SchoolClass]) -> list[SchoolClass]:
    """Keep those classes in which who asks may do this."""
    return [one for one in classes if may(rights(), action, place_of(school, one.id))]


def require_some(action: Action, school: School, classrooms: Iterable[UUID]) -> None:
    """Let through who may do this in at least one of the classes.

    Raises:
        NotFoundError: he may in none of them.
    """
    if not any(may(rights(), action, place_of(school, one)) for one in classrooms):
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
