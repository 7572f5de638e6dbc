"""Families over the API: a guardian added, barred or ended; a student who leaves."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import AuthorityTold, people_room
from registry.people.dates import format_date
from registry.people.models.families import Guardian
from registry.people.pages.guardians import opened_family
from registry.people.pages.looks import saw_persons
from registry.people.usecases import families
from registry.people.usecases.looks import What
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Text
from registry.web.api.parsing import wrong_fields
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.errors import told
from registry.web.idempotency import once

_STUDENT = "/schools/<uuid:school_id>/people/<uuid:student_id>"
_GUARDIAN = f"{_STUDENT}/guardians/<uuid:guardian_id>"


class GuardianBody(Body):
    """A new guardian of a student."""

    last_name = Text(required=True, least=1)
    first_name = Text(required=True, least=1)
    middle_name = Text(load_default="")
    birth_date = Day(load_default=None, allow_none=True)
    snils = Text(load_default="")
    relation = Choice(tuple(str(kind) for kind in families.KINDS), required=True)
    document = Text(load_default="", metadata={"description": N_("Документ, по которому он представляет")})


class PersonIdTold(Told):
    """The id of a person."""

    person_id = Id()


@people_room.serves(f"POST {_STUDENT}/guardians", N_("Добавить законного представителя"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.takes(GuardianBody)
@people_room.answers(PersonIdTold, 201)
def add_guardian(said: dict[str, Any], school_id: UUID, student_id: UUID) -> dict[str, UUID]:
    """Add a guardian to a student."""
    born = said["birth_date"]
    typed = {**said, "birth_date": format_date(born) if born else ""}
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        read, wrong = families.read_guardian(typed, work.today)
        if read is None:
            raise wrong_fields({name: told(error) for name, error in wrong.items()})
        return {"person_id": families.add_guardian(work, school_id, student_id, read)}


@people_room.serves(f"GET {_GUARDIAN}", N_("Полномочия законного представителя"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@people_room.answers(AuthorityTold)
def show_guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> Guardian:
    """Tell by what right somebody represents a student."""
    with begin_reading() as reading:
        family = opened_family(reading, school_id, student_id)
        found = families.guardian_of(family, guardian_id)
    saw_persons(school_id, [family.student, found.person], What.AUTHORITY)
    return found


@people_room.serves(f"POST {_GUARDIAN}/bar", N_("Записать, что представитель лишён права представлять"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.answers(AuthorityTold)
def bar_guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> Guardian:
    """Record that a guardian may not represent the student."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        return families.bar_guardian(work, school_id, student_id, guardian_id)


@people_room.serves(f"POST {_GUARDIAN}/end", N_("Записать, что срок полномочий заканчивается сегодня"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.answers(AuthorityTold)
def end_guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID) -> Guardian:
    """Record that a guardian's term ends today."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        return families.end_guardianship(work, school_id, student_id, guardian_id)


@people_room.serves(f"POST {_STUDENT}/leave", N_("Записать, что обучающийся уходит из школы"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.nothing
def leave(school_id: UUID, student_id: UUID) -> None:
    """Record that the student leaves the school."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        families.leave_school(work, school_id, student_id)
