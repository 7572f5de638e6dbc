"""Pages of a family: a guardian added, barred or ended; a student who leaves the school."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, InvalidError, NotFoundError
from registry.people.models import places
from registry.people.models.families import Family, Guardian, family_of
from registry.people.pages.looks import saw_persons
from registry.people.pages.room import FIELD_WORDS, WORDS, blueprint, place_of
from registry.people.relations import LABELS, Relation, RelationKind
from registry.people.usecases import families
from registry.people.usecases.corrections import read_field
from registry.people.usecases.families import NewGuardian
from registry.people.usecases.looks import What
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import allowed, shows_persons
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

ASKED = ("last_name", "first_name", "middle_name", "birth_date", "snils")
KINDS = tuple(kind for kind in RelationKind if kind is not RelationKind.UNSTATED)


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/guardians/new")
@allowed(Action.PERSON_EDIT)
def new_guardian(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Ask who the new guardian is."""
    with begin_reading() as reading:
        family = _opened(reading, school_id, student_id)
    return _form(family, {}, {})


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians")
@allowed(Action.PERSON_EDIT)
@once
def add_guardian(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Add a guardian to a student."""
    with begin_work() as work:
        family = _opened(work, school_id, student_id)
        values, errors = _read(work)
        if errors:
            return _form(family, request.form, errors), 422
        document = str(values.pop("document") or "") or None
        relation = Relation(RelationKind(request.form["relation"]), document)
        families.add_guardian(work, school_id, student_id, NewGuardian(values, relation))
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>")
@shows_persons
@allowed(Action.PERSON_EDIT)
def guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Show what can be changed in the authority of a guardian."""
    with begin_reading() as reading:
        family = _opened(reading, school_id, student_id)
        found = _guardian(family, guardian_id)
        stands = found.stands_on(reading.today)
    saw_persons(school_id, [family.student, found.person], What.AUTHORITY)
    return page("people/guardian.html", family=family, guardian=found, stands=stands, **WORDS)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>/bar")
@allowed(Action.PERSON_EDIT)
@once
def bar_guardian(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Record that a guardian may not represent the student."""
    with begin_work() as work:
        _opened(work, school_id, student_id)
        families.bar_guardian(work, school_id, student_id, guardian_id)
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/guardians/<uuid:guardian_id>/end")
@allowed(Action.PERSON_EDIT)
@once
def end_guardianship(school_id: UUID, student_id: UUID, guardian_id: UUID) -> ResponseReturnValue:
    """Record that a guardian's term ends today."""
    with begin_work() as work:
        _opened(work, school_id, student_id)
        families.end_guardianship(work, school_id, student_id, guardian_id)
    return redirect(url_for("people.card", school_id=school_id, person_id=student_id), 303)


@blueprint.get("/<uuid:school_id>/people/<uuid:student_id>/leave")
@allowed(Action.PERSON_EDIT)
def leaving(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Ask whether the student really leaves, and say what follows."""
    with begin_reading() as reading:
        family = _opened(reading, school_id, student_id)
    return page("people/leave.html", family=family)


@blueprint.post("/<uuid:school_id>/people/<uuid:student_id>/leave")
@allowed(Action.PERSON_EDIT)
@once
def leave(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Record that the student leaves the school."""
    with begin_work() as work:
        family = _opened(work, school_id, student_id)
        families.leave_school(work, school_id, student_id)
    return redirect(url_for("people.classroom", school_id=school_id, class_id=family.class_id), 303)


def _opened(work: Work, school_id: UUID, student_id: UUID) -> Family:
    """Read a family in whose class who asks may correct people."""
    school = places.get_school(work.connection, school_id)
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    require(Action.PERSON_EDIT, place_of(school, family.class_id))
    return family


def _guardian(family: Family, guardian_id: UUID) -> Guardian:
    found = [one for one in family.guardians if one.person.id == guardian_id]
    if not found:
        raise NotFoundError(N_("Такого представителя у обучающегося нет."))
    return found[0]


def _read(work: Work) -> tuple[dict[str, object], dict[str, str]]:
    """Read the fields of the form: the values, and in words what is wrong with which."""
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for name in ASKED:
        try:
            values[name] = read_field(name, request.form.get(name, ""), work.today)
        except InvalidError as error:
            errors[name] = told(error)
    try:
        values["document"] = read_field("address", request.form.get("document", ""), work.today)
    except InvalidError as error:
        errors["document"] = told(error)
    if request.form.get("relation") not in KINDS:
        errors["relation"] = told(InvalidError(N_("Выберите, кем представитель приходится обучающемуся.")))
    return values, errors


def _form(family: Family, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    return page(
        "people/guardian_new.html",
        family=family,
        asked=ASKED,
        labels=FIELD_WORDS,
        kinds={kind: LABELS[kind] for kind in KINDS},
        typed={name: text[:500] for name, text in typed.items()},
        errors=errors,
    )
