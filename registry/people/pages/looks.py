"""What pages that show persons to staff call: the look is in the trail before the page is handed out."""

from collections.abc import Collection, Mapping
from uuid import UUID

from registry.people.models.persons import Person
from registry.people.usecases.looks import What, are_noted, fresh_objects, note_list, note_look
from registry.trail.entries import ObjectRef
from registry.web.current import begin_reading, begin_work
from registry.workflows.names import NAMES


def saw_persons(school_id: UUID, people: Collection[Person], what: What) -> None:
    """Record that who asks is shown more of these persons than their names."""
    with begin_reading() as reading:
        noted = are_noted(reading, school_id, [one.id for one in people])
    if not noted:
        with begin_work() as work:
            note_look(work, school_id, people, what)


def saw_list(school_id: UUID, kind: str, object_id: UUID) -> None:
    """Record that who asks is shown the names that belong to a class, a school, a file or a submission."""
    with begin_reading() as reading:
        noted = are_noted(reading, school_id, [object_id])
    if not noted:
        with begin_work() as work:
            note_list(work, school_id, ObjectRef(kind, object_id, 1))


def saw_objects(kind: str, objects: Mapping[UUID, UUID]) -> None:
    """Record that who asks is shown names that belong to objects of several schools, by school."""
    if not objects:
        return
    with begin_reading() as reading:
        fresh = fresh_objects(reading, objects)
    if fresh:
        with begin_work() as work:
            for school_id in sorted(fresh):
                note_list(work, school_id, ObjectRef(kind, objects[school_id], 1))


NAMES.note_looks_with(saw_objects)
