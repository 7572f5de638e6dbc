"""Lists to take away over the API: each is an export, and everybody in it finds it in the trail."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import rosters_room
from registry.people.pages import downloads
from registry.web.doors import bearer, fresh_sign_in, shows_persons

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@rosters_room.serves("GET /schools/<uuid:school_id>/roster.xlsx", N_("Список школы таблицей"))
@shows_persons
@fresh_sign_in
@bearer(Action.PERSON_READ)
@rosters_room.files(XLSX)
def school_roster(school_id: UUID) -> ResponseReturnValue:
    """Hand out the classes of a school that are open to the token's owner."""
    return downloads.school_roster(school_id)


@rosters_room.serves(
    "GET /schools/<uuid:school_id>/classes/<uuid:class_id>/roster.xlsx", N_("Список класса таблицей")
)
@shows_persons
@fresh_sign_in
@bearer(Action.PERSON_READ)
@rosters_room.files(XLSX)
def class_roster(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Hand out the list of one class."""
    return downloads.class_roster(school_id, class_id)


@rosters_room.serves("GET /schools/<uuid:school_id>/roster.csv", N_("Список школы текстом (CSV)"))
@shows_persons
@fresh_sign_in
@bearer(Action.PERSON_READ)
@rosters_room.files(CSV)
def school_roster_text(school_id: UUID) -> ResponseReturnValue:
    """Hand out the same as text."""
    return downloads.school_roster_text(school_id)


@rosters_room.serves(
    "GET /schools/<uuid:school_id>/classes/<uuid:class_id>/roster.csv", N_("Список класса текстом (CSV)")
)
@shows_persons
@fresh_sign_in
@bearer(Action.PERSON_READ)
@rosters_room.files(CSV)
def class_roster_text(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Hand out the same as text."""
    return downloads.class_roster_text(school_id, class_id)


@rosters_room.serves("GET /schools/<uuid:school_id>/rosters/template.xlsx", N_("Пустая таблица для списка"))
@bearer(Action.ROSTER_UPLOAD)
@rosters_room.files(XLSX)
def roster_template(school_id: UUID) -> ResponseReturnValue:
    """Hand out an empty list to fill in."""
    return downloads.roster_template(school_id)
