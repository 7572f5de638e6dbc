"""Names of the persons whom subjects of cases are about, with the classes in which they learn."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Select, and_, select

from registry.people.models.enrolled import enrolled_on
from registry.people.models.tables import enrolments, persons
from registry.workflows.names import Concerned


def concerned_in(
    connection: Connection, subjects: Select[tuple[UUID, UUID, UUID]], today: date
) -> dict[UUID, Concerned]:
    """Name whom each subject is about; one statement, which opens nothing that is sealed.

    Args:
        connection: of the unit of work.
        subjects: asks for `id`, `school_id` and `person_id` of each.
        today: the legal day: the class is that of this day.
    """
    of = subjects.subquery().c
    learns = and_(
        enrolments.c.school_id == of.school_id, enrolments.c.person_id == of.person_id, enrolled_on(today)
    )
    asked = select(of.id, persons.c.last_name, persons.c.first_name, persons.c.middle_name)
    asked = asked.add_columns(enrolments.c.class_id).join(persons, persons.c.id == of.person_id)
    rows = connection.execute(asked.outerjoin(enrolments, learns))
    names = (
        (row.id, " ".join(filter(None, (row.last_name, row.first_name, row.middle_name))), row.class_id)
        for row in rows
    )
    return {subject: Concerned(name, class_id) for subject, name, class_id in names if name}
