"""What the demo came to, read back from the database and the trail after the servers did their work."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from registry.config import Settings
from registry.consents.models.tables import acts
from registry.errors import N_, UnavailableError
from registry.people.models.tables import guardianships
from registry.storage.reach import everywhere
from registry.submissions.models import exchange, records
from registry.submissions.models.tables import submission_lines, submissions
from registry.trail.verify import Reader, verify
from registry.work import Registry


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run; the five shares add up to the students."""

    students: int
    guardians: int
    acts: int
    included: int
    refused: int
    conflict: int
    withdrawn: int
    not_required: int
    message_id: str
    message_sha256: str
    message_bytes: int
    acknowledgement: str
    trail_size: int
    trail_root: str
    trail_verified: bool
    seconds: float

    def holds(self, planned: int) -> bool:
        """Whether everything came out as it must."""
        shares = self.included + self.refused + self.conflict + self.withdrawn + self.not_required
        return (
            self.students == planned == shares
            and self.included > 0
            and self.acknowledgement == "accepted"
            and self.trail_verified
        )


def look_back(settings: Settings, readers: Mapping[str, Reader], seconds: float) -> Result:
    """Read what one run left behind, and verify its trail.

    Raises:
        UnavailableError: nothing was sent.
    """
    registry = Registry.open(settings)
    with everywhere(registry.engine).connect() as connection:
        first = connection.execute(select(submissions.c.id).order_by(submissions.c.sequence)).scalar()
        if first is None:
            raise UnavailableError(N_("Сообщение школы не собрано."), code="nothing-sent")
        sent = records.get(connection, first)
        answer = exchange.answer_to(connection, sent)
        shares = _shares(connection)
        guardians = _count(connection, func.count(func.distinct(guardianships.c.guardian_id)))
        recorded = _count(connection, func.count(acts.c.id))
    report = verify(registry.engine, registry.vault, registry.trail, readers)
    registry.engine.dispose()
    return Result(
        students=sum(shares.values()),
        guardians=guardians,
        acts=recorded,
        included=shares.get("given", 0),
        refused=shares.get("refused", 0),
        conflict=shares.get("conflict", 0),
        withdrawn=shares.get("withdrawn", 0),
        not_required=shares.get("not_required", 0),
        message_id=str(sent.message_id),
        message_sha256=sent.message_sha256 or "",
        message_bytes=sent.message_bytes or 0,
        acknowledgement=answer.verdict if answer else "",
        trail_size=report.size,
        trail_root=base64.b64encode(report.root).decode(),
        trail_verified=report.holds,
        seconds=round(seconds, 1),
    )


def _shares(connection: Connection) -> dict[str, int]:
    query = select(submission_lines.c.state, func.count()).group_by(submission_lines.c.state)
    return dict(connection.execute(query).tuples().all())


def _count(connection: Connection, what: ColumnElement[int]) -> int:
    return int(connection.execute(select(what)).scalar_one())
