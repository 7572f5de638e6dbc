"""Pages of a family: a guardian added, barred or ended; a student who leaves the school."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.people.models import places
from registry.people.models.families import Family, family_of
from registry.people.pages.looks import saw_persons
from registry.people.pages.room import FIELD_WORDS, WORDS, blueprint, place_of
from registry.people.relations import LABELS
from registry.people.usecases import families
from registry.people.usecases.looks import What
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import allowed, shows_persons
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/guardians/new")
@allowed(Action.PERSON_EDIT)
def new_guardian(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Ask who the new guardian is."""
    with begin_reading() as reading:
        family = opened_family(reading, school_id, student_id)
    return _form(family, {}, {})


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians")
@allowed(Action.PERSON_EDIT)
@once
def add_guardian(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Add a guardian to a student."""
    with begin_work() as work:
        family = opened_family(work, school_id, student_id)
        said, wrong = families.read_guardian(request.form, work.today)
        if said is None:
            return _form(family, request.form, {name: told(error) for name, error in wrong.items()}), 422
        families.add_guardian(work, school_id, student_id, said)
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>")
@shows_persons
@allowed(Action.PERSON_EDIT)
def guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Show what can be changed in the authority of a guardian."""
    with begin_reading() as reading:
        family = opened_family(reading, school_id, student_id)
        found = families.guardian_of(family, guardian_id)
        stands = found.stands_on(reading.today)
    saw_persons(school_id, [family.student, found.person], What.AUTHORITY)
    return page("people/guardian.html", family=family, guardian=found, stands=stands, **WORDS)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>/bar")
@allowed(Action.PERSON_EDIT)
@once
def bar_guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Record that a guardian may not represent the student."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        families.bar_guardian(work, school_id, student_id, guardian_id)
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>/end")
@allowed(Action.PERSON_EDIT)
@once
def end_guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Record that a guardian's term ends today."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        families.end_guardianship(work, school_id, student_id, guardian_id)
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/leave")
@allowed(Action.PERSON_EDIT)
def leaving(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Ask whether the student really leaves, and say what follows."""
    with begin_reading() as reading:
        family = opened_family(reading, school_id, student_id)
    return page("people/leave.html", family=family)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/leave")
@allowed(Action.PERSON_EDIT)
@once
def leave(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Record that the student leaves the school."""
    with begin_work() as work:
        family = opened_family(work, school_id, student_id)
        families.leave_school(work, school_id, student_id)
    return redirect(url_for("people.classroom", school_id=school_id, class_id=family.class_id), 303)


def opened_family(work: Work, school_id: UUID, student_id: UUID) -> Family:
    """Read a family in whose class who asks may correct people.

    Raises:
        NotFoundError: there is no such student, or he may not.
    """
    school = places.get_school(work.connection, school_id)
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    require(Action.PERSON_EDIT, place_of(school, family.class_id))
    return family


def _form(family: Family, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    return page(
        "people/guardian_new.html",
        family=family,
        asked=families.ASKED,
        labels=FIELD_WORDS,
        kinds={kind: LABELS[kind] for kind in families.KINDS},
        typed={name: text[:500] for name, text in typed.items()},
        errors=errors,
    )
