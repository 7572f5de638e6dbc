"""Who was given a student's data, and what each was told of the withdrawal and has confirmed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from registry.consents.models.tables import disclosures
from registry.proofs.exports.rules import FIELD_SETS
from registry.rights.models.shredding import Paper
from registry.rights.rules import Receiver, Told
from registry.submissions.message import Kind
from registry.submissions.models.tables import acknowledgements, submission_lines, submissions
from registry.workflows.models.tables import cases

_told = submissions.alias("told")
_case = cases.alias("told_case")
_of_case = cases.alias("of_case")
_line, _of = submission_lines.c, disclosures.c
# The message that tells of a withdrawal is opened in the moment in which the entry is marked.
_tells = and_(
    _told.c.school_id == _of.school_id,
    _told.c.kind == Kind.WITHDRAWAL.value,
    _told.c.corrects == submissions.c.message_id,
    _told.c.opened_at == _line.withdrawn_at,
)
_answers = and_(
    acknowledgements.c.school_id == _of.school_id, acknowledgements.c.message_id == _told.c.message_id
)
_sent = and_(submissions.c.school_id == _of.school_id, submissions.c.message_id == _of.message_id)
_carries = and_(_line.submission_id == submissions.c.id, _line.student_id == _of.student_id)
_JOINED = (
    disclosures.outerjoin(submissions, _sent)
    .outerjoin(_of_case, _of_case.c.id == submissions.c.case_id)
    .outerjoin(submission_lines, _carries)
    .outerjoin(_told, _tells)
    .outerjoin(_case, _case.c.id == _told.c.case_id)
    .outerjoin(acknowledgements, _answers)
)


def receivers_of(connection: Connection, paper: Paper) -> tuple[Receiver, ...]:
    """Name the receivers of a document's student, message by message, the oldest first; one statement."""
    query = (
        select(
            _of.receiver,
            _of.field_set,
            _of.message_id,
            _line.entry_id,
            _line.withdrawn_at,
            _of_case.c.state,
            submissions.c.sequence,
            _case.c.state.label("told_state"),
            acknowledgements.c.received_at,
            _last_accepted(paper),
        )
        .select_from(_JOINED)
        .where(
            _of.school_id == paper.school_id,
            _of.programme == paper.programme,
            _of.student_id == paper.about_id,
            _of.person_id == paper.about_id,
        )
        .order_by(_of.cleared_at, _of.message_id)
    )
    rows: Iterable[Row[*tuple[Any, ...]]] = connection.execute(query)
    return tuple(_receiver(row) for row in rows)


def _last_accepted(paper: Paper) -> Any:  # noqa: ANN401 - a labelled scalar subquery
    whole, case = submissions.alias("whole"), cases.alias("whole_case")
    query = (
        select(func.max(whole.c.sequence))
        .join(case, case.c.id == whole.c.case_id)
        .where(
            whole.c.school_id == paper.school_id,
            whole.c.programme == paper.programme,
            whole.c.kind != Kind.WITHDRAWAL.value,
            case.c.state == "acknowledged",
        )
    )
    return query.scalar_subquery().label("held")


def _receiver(row: Row[*tuple[Any, ...]]) -> Receiver:
    confirmed = row.received_at if row.told_state == "acknowledged" else None
    return Receiver(row.receiver, row.message_id, _told_of(row), confirmed)


def _told_of(row: Row[*tuple[Any, ...]]) -> Told:
    if row.field_set.rpartition("/")[2] in FIELD_SETS.values():
        return Told.BY_HAND  # documents in a file: no message of ours reaches who has it
    if row.state != "acknowledged":
        return Told.NOT_ACCEPTED
    if row.withdrawn_at is not None:
        return Told.CONFIRMED if row.told_state == "acknowledged" else Told.TOLD
    return Told.REPLACED if row.sequence < row.held else Told.NOT_TOLD
