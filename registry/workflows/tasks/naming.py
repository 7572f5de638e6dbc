"""Whom cases are about: named to who has the right to know, and the look at the names recorded."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from registry.access.rules import Right, may, rights_for
from registry.work import Work
from registry.workflows.cases import Case
from registry.workflows.names import NAMES, Concerned


def concerned(work: Work, found: Sequence[Case], rights: tuple[Right, ...]) -> dict[UUID, Concerned]:
    """Name whom cases are about, by case, as far as these rights let one be told.

    A statement for each kind of subjects that has names, and one for where their schools lie.
    """
    named = dict[UUID, Concerned]()
    for kind in sorted({one.subject.kind for one in found} & set(NAMES.people)):
        known = NAMES.people[kind]
        if rights_for(rights, known.action):
            of_kind = [one for one in found if one.subject.kind == kind]
            people = known.find(work, {one.subject.id for one in of_kind})
            named |= {one.id: people[one.subject.id] for one in of_kind if one.subject.id in people}
    return _open_to(work, [one for one in found if one.id in named], named, rights)


def _open_to(
    work: Work, found: Sequence[Case], named: dict[UUID, Concerned], rights: tuple[Right, ...]
) -> dict[UUID, Concerned]:
    """Keep the names of those who learn where the rights reach."""
    schools = {one.school_id for one in found if one.school_id}
    places = NAMES.atlas.places_of(work, schools) if schools else {}
    kept = dict[UUID, Concerned]()
    for one in found:
        place, told = one.school_id and places.get(one.school_id), named[one.id]
        action = NAMES.people[one.subject.kind].action
        if place and may(rights, action, replace(place, classroom=told.class_id)):
            kept[one.id] = told
    return kept


def saw_names(schools: set[UUID | None]) -> None:
    """Record that who asks was shown names in a list of these schools."""
    NAMES.note_look("school", {one: one for one in schools if one})


def saw_name(case: Case) -> None:
    """Record that who asks was shown whom a case is about."""
    if case.school_id:
        NAMES.note_look("case", {case.school_id: case.id})
