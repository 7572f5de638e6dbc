"""Lines of exports as rows: which documents are wanted, which are next, and what became of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.types import Uuid

from registry.consents.models.tables import acts, consents
from registry.consents.rules.acts import ActKind
from registry.people.models.tables import classes, enrolments, municipalities, persons, schools
from registry.proofs.exports.rules import Export, Line, Span, State
from registry.proofs.models.export_tables import document_export_lines, document_exports

_of = document_export_lines.c


@dataclass(frozen=True, slots=True)
class Wished:
    """A line that is not settled: a document of an act, or (`act_id` is None) the bundle of a consent."""

    school_id: UUID
    number: int
    folder: int
    student_id: UUID
    consent_id: UUID
    signer_id: UUID
    act_id: UUID | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a line; digest, checksum and size where it is in the file."""

    school_id: UUID
    number: int
    state: Line
    part: int | None = None
    sha256: str | None = None
    crc: int | None = None
    size: int | None = None


def list_lines(connection: Connection, export: Export) -> int:
    """Write down once what is wanted: by school, class, student and document; gives how many there are."""
    wanted = _documents(export).union_all(_bundles(export)) if export.bundles else _documents(export)
    found = wanted.subquery()
    one = found.c
    place = (schools.c.code, one.school_id)
    order = (*place, classes.c.grade, classes.c.letter, one.student_id, one.consent_id, one.last, one.act_id)
    standing = and_(
        enrolments.c.school_id == one.school_id,
        enrolments.c.person_id == one.student_id,
        enrolments.c.valid_until.is_(None),
    )
    query = (
        select(
            one.school_id,
            literal(export.id, Uuid),
            func.row_number().over(order_by=order),
            func.dense_rank().over(order_by=place),
            enrolments.c.class_id,
            one.student_id,
            one.consent_id,
            one.act_id,
            literal(Line.WAITING.value),
        )
        .join(schools, schools.c.id == one.school_id)
        .outerjoin(enrolments, standing)
        .outerjoin(classes, classes.c.id == enrolments.c.class_id)
    )
    columns = (
        *("school_id", "export_id", "number", "folder", "class_id"),
        *("student_id", "consent_id", "act_id", "state"),
    )
    connection.execute(insert(document_export_lines).from_select(columns, query))
    mine = select(func.count()).where(_of.export_id == export.id)
    return int(connection.execute(mine).scalar_one())


def _documents(export: Export) -> Select[*tuple[Any, ...]]:
    """Choose acts of signers: what staff declare invalid is no signer's act and has no document."""
    columns = (acts.c.school_id, consents.c.about_id.label("student_id"), acts.c.consent_id)
    query = select(*columns, acts.c.id.label("act_id"), literal(0).label("last"))
    joined = query.join_from(acts, consents, _same_consent).join(schools, schools.c.id == acts.c.school_id)
    return _below(joined, export).where(acts.c.kind != ActKind.INVALIDATED.value)


def _bundles(export: Export) -> Select[*tuple[Any, ...]]:
    acted = select(acts.c.id).where(_same_consent).exists()
    columns = (consents.c.school_id, consents.c.about_id, consents.c.id)
    query = select(*columns, null().cast(Uuid), literal(1)).join_from(
        consents, schools, schools.c.id == consents.c.school_id
    )
    return _below(query, export).where(acted)


def _below(query: Select[*tuple[Any, ...]], export: Export) -> Select[*tuple[Any, ...]]:
    column = {
        Span.SCHOOL: schools.c.id,
        Span.MUNICIPALITY: schools.c.municipality_id,
        Span.REGION: municipalities.c.region_id,
    }[export.span]
    joined = query.join(municipalities, municipalities.c.id == schools.c.municipality_id)
    return joined.where(consents.c.programme == export.programme, column == export.place_id)


_same_consent = and_(acts.c.school_id == consents.c.school_id, acts.c.consent_id == consents.c.id)
_next = (
    select(
        _of.school_id,
        _of.number,
        _of.folder,
        _of.student_id,
        _of.consent_id,
        consents.c.signer_id,
        _of.act_id,
    )
    .join(consents, and_(consents.c.school_id == _of.school_id, consents.c.id == _of.consent_id))
    .where(_of.export_id == bindparam("export"), _of.state == bindparam("state"))
    .order_by(_of.number)
    .limit(bindparam("most"))
)


def next_lines(connection: Connection, export_id: UUID, state: Line, most: int) -> list[Wished]:
    """List the next lines in a state: of one school, and of its last student all or none, if others fit."""
    rows = connection.execute(_next, {"export": export_id, "state": state.value, "most": most + 1})
    found = [Wished(*row) for row in rows]
    mine = [one for one in found if one.school_id == found[0].school_id]
    whole = [one for one in mine if one.student_id != mine[-1].student_id]
    return whole if len(found) > most and whole and len(mine) == len(found) else mine


def settle_lines(connection: Connection, export_id: UUID, settled: Sequence[Settled]) -> None:
    """Write down what became of lines."""
    mine = and_(
        _of.export_id == export_id, _of.school_id == bindparam("school"), _of.number == bindparam("line")
    )
    statement = update(document_export_lines).where(mine)
    names = ("part", "sha256", "crc", "size")
    rows = [
        {"school": one.school_id, "line": one.number, "now": one.state.value}
        | {f"own_{name}": getattr(one, name) for name in names}
        for one in settled
    ]
    if rows:
        values: dict[str, Any] = {name: bindparam(f"own_{name}") for name in names}
        connection.execute(statement.values(state=bindparam("now"), **values), rows)


def mark_lines(connection: Connection, of: tuple[UUID, UUID], numbers: Sequence[int], state: Line) -> None:
    """Put lines of an export (its id, then the school's) into another state."""
    export_id, school_id = of
    mine = (_of.export_id == export_id, _of.school_id == school_id, _of.number.in_(list(numbers)))
    if numbers:
        connection.execute(update(document_export_lines).where(*mine).values(state=state.value))


def erase_lines(connection: Connection, export_id: UUID, numbers: Sequence[int]) -> None:
    """Say that lines are in the file no longer."""
    nothing = {"part": None, "sha256": None, "crc": None, "size": None}
    mine = (_of.export_id == export_id, _of.number.in_(list(numbers)))
    connection.execute(update(document_export_lines).where(*mine).values(state=Line.ERASED.value, **nothing))


def numbers_in(connection: Connection, export_id: UUID, state: Line, numbers: Sequence[int]) -> set[int]:
    """Say which of some lines are still in a state."""
    mine = (_of.export_id == export_id, _of.state == state.value, _of.number.in_(list(numbers)))
    return set(connection.execute(select(_of.number).where(*mine)).scalars())


def lines_about(
    connection: Connection, school_id: UUID, act_ids: Collection[UUID]
) -> dict[UUID, list[tuple[int, Line]]]:
    """Find, by export that has or makes a file, the lines that show any of these acts."""
    about = select(acts.c.consent_id).where(acts.c.school_id == school_id, acts.c.id.in_(list(act_ids)))
    standing = (State.WAITING.value, State.PACKING.value, State.READY.value)
    query = (
        select(_of.export_id, _of.number, _of.state)
        .join(document_exports, document_exports.c.id == _of.export_id)
        .where(
            _of.school_id == school_id,
            _of.consent_id.in_(about),
            or_(_of.act_id.is_(None), _of.act_id.in_(list(act_ids))),
            document_exports.c.state.in_(standing),
        )
    )
    found: dict[UUID, list[tuple[int, Line]]] = {}
    for row in connection.execute(query.order_by(_of.export_id, _of.number)):
        found.setdefault(row.export_id, []).append((row.number, Line(row.state)))
    return found


def part_to_cut(connection: Connection, export_id: UUID) -> int | None:
    """Name a piece of the file out of which something has to come; None where there is none."""
    mine = (_of.export_id == export_id, _of.state == Line.CUT.value)
    return connection.execute(select(func.min(_of.part)).where(*mine)).scalar()


def versions_of(connection: Connection, people: Collection[UUID]) -> dict[UUID, int]:
    """Give the version of each person's row as it stands; who is destroyed is not in it."""
    query = select(persons.c.id, persons.c.version)
    return {row.id: row.version for row in connection.execute(query.where(persons.c.id.in_(list(people))))}
