"""Who stands in which class of a school on a day, and who may act for whom there: ids, no persons."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from registry.people.models.tables import enrolments, guardianships


def enrolled_on(day: date) -> ColumnElement[bool]:
    """Say in SQL that an enrolment stands on a day."""
    until = enrolments.c.valid_until
    return and_(enrolments.c.valid_from <= day, or_(until.is_(None), until >= day))


def count_by_class(connection: Connection, school_id: UUID, on: date) -> dict[UUID, int]:
    """Count the students of each class of a school on a day; one statement."""
    query = select(enrolments.c.class_id, func.count()).where(
        enrolments.c.school_id == school_id, enrolled_on(on)
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(enrolments.c.class_id))}


def classes_of_students(connection: Connection, school_id: UUID, on: date) -> dict[UUID, UUID]:
    """Give the class of each student of a school on a day; one statement."""
    query = select(enrolments.c.person_id, enrolments.c.class_id)
    rows = connection.execute(query.where(enrolments.c.school_id == school_id, enrolled_on(on)))
    return {row.person_id: row.class_id for row in rows}


def acting_pairs(connection: Connection, school_id: UUID, on: date) -> set[tuple[UUID, UUID]]:
    """Name who may act for whom in a school on a day: (person, student), and each student for himself."""
    students = select(enrolments.c.person_id).where(enrolments.c.school_id == school_id, enrolled_on(on))
    tie = guardianships.c
    standing = and_(
        tie.barred.is_(False), tie.valid_from <= on, or_(tie.valid_until.is_(None), tie.valid_until >= on)
    )
    ties = select(tie.guardian_id, tie.student_id).where(standing, tie.student_id.in_(students))
    own = {(row.person_id, row.person_id) for row in connection.execute(students)}
    return own | {(row.guardian_id, row.student_id) for row in connection.execute(ties)}


def classes_in_school(connection: Connection, school_id: UUID, person_id: UUID, on: date) -> list[UUID]:
    """Name the classes of a school where a person is a student on a day, or a guardian of one."""
    wards = select(guardianships.c.student_id).where(guardianships.c.guardian_id == person_id)
    students = wards.union(select(literal(person_id, enrolments.c.person_id.type)))
    there = (enrolments.c.school_id == school_id, enrolled_on(on), enrolments.c.person_id.in_(students))
    return list(connection.execute(select(enrolments.c.class_id).where(*there)).scalars())


def belongs_to_school(connection: Connection, school_id: UUID, person_id: UUID, on: date) -> bool:
    """Whether a person is a student of the school on a day, or a guardian of one."""
    return bool(classes_in_school(connection, school_id, person_id, on))
