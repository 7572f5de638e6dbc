"""Papers that wait for a second person, as rows; what they say of people is sealed."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from registry.consents.models.stack_tables import paper_checks
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import Awaited
from registry.consents.rules.stacks import CheckState, Draw
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind
from registry.storage.vault import Vault

CARRIED: Final = "paper_checks.carried"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The scan of a paper that waits: its file, what it is, its pages, and its digest."""

    scan_file: UUID
    kind: str
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A paper as somebody entered it, before a second person has looked.

    Attributes:
        person_id: of whom the carried fields speak; vouches: whether the signature stands for the contacts.
        carried: fields that were empty and stand on the paper; empty when they are not to be read.
        form_id: of a form that came in a stack.
        notice_version: of the text on it; not known of what waited before it was kept.
    """

    id: UUID
    school_id: UUID
    programme: str
    student_id: UUID
    signer_id: UUID
    person_id: UUID
    notice: NoticeKind
    kind: ActKind
    on_day: date
    place: str
    draw: Draw
    entered_by: UUID | None
    entered_at: datetime
    state: CheckState = CheckState.WAITING
    scan: KeptFile | None = None
    form_id: UUID | None = None
    checked_by: UUID | None = None
    reason: str | None = None
    notice_version: str | None = None


@dataclass(frozen=True, slots=True)
class Carry:
    """What a paper carries besides the decision, as it is sealed."""

    values: Mapping[str, str]
    vouches: bool
    reason: str = ""
    note: str = ""


_of = paper_checks.c
_PLAIN: Final = (
    "id",
    "school_id",
    "programme",
    "student_id",
    "signer_id",
    "person_id",
    "on_day",
    "place",
    "entered_by",
    "entered_at",
    "form_id",
    "notice_version",
)


def add_check(connection: Connection, vault: Vault, check: Check, carry: Carry) -> None:
    """Write a paper down that waits for a second person."""
    row: dict[str, Any] = {name: getattr(check, name) for name in _PLAIN}
    row |= {"notice": check.notice.value, "kind": check.kind.value, "state": check.state.value}
    row |= {"draw": asdict(check.draw)}
    if check.scan is not None:
        row |= {"scan_file": check.scan.scan_file, "scan_kind": check.scan.kind}
        row |= {"scan_pages": check.scan.pages, "scan_sha256": check.scan.sha256}
    said = json.dumps(asdict(carry), ensure_ascii=False)
    key = vault.key_of(connection, check.person_id)
    row["carried"] = vault.seal(key, CARRIED, check.id, said)
    connection.execute(insert(paper_checks), row)


def carry_of(connection: Connection, vault: Vault, check: Check) -> Carry:
    """Open what a waiting paper carries.

    Raises:
        NotFoundError: the person's data were destroyed.
    """
    sealed = connection.execute(select(_of.carried).where(_mine(check))).scalar_one()
    said = json.loads(vault.open_text(vault.key_of(connection, check.person_id), CARRIED, check.id, sealed))
    return Carry(**said)


def get_check(connection: Connection, school_id: UUID, check_id: UUID) -> Check:
    """Read a paper of a school that waits or waited.

    Raises:
        NotFoundError: there is none.
    """
    found = _checks(connection, and_(_of.school_id == school_id, _of.id == check_id))
    if not found:
        raise NotFoundError(N_("Такой бумаги на проверке нет."))
    return found[0]


def checks_waiting(connection: Connection, school_id: UUID, programme: str) -> list[Check]:
    """List what waits in a school and programme, the oldest first; one statement."""
    mine = and_(_of.school_id == school_id, _of.programme == programme)
    return _checks(connection, and_(mine, _of.state == CheckState.WAITING.value))


def papers_waiting(connection: Connection, school_id: UUID, programme: str) -> dict[UUID, frozenset[Awaited]]:
    """Name what people have said on papers that wait in a school and programme, by student; one statement."""
    found: dict[UUID, set[Awaited]] = defaultdict(set)
    for one in checks_waiting(connection, school_id, programme):
        found[one.student_id].add(Awaited(one.signer_id, one.notice))
    return {student: frozenset(said) for student, said in found.items()}


def checks_of_student(
    connection: Connection, school_id: UUID, programme: str, student_id: UUID
) -> list[Check]:
    """List the papers about a student that wait or waited, the oldest first."""
    mine = and_(_of.school_id == school_id, _of.programme == programme)
    return _checks(connection, and_(mine, _of.student_id == student_id))


def settle_check(connection: Connection, check: Check, state: CheckState, values: Mapping[str, Any]) -> bool:
    """Note what the second person said; false when somebody else said it meanwhile."""
    said = update(paper_checks).where(_mine(check), _of.state == CheckState.WAITING.value)
    return connection.execute(said.values(state=state.value, scan_file=None, **values)).rowcount == 1


def _mine(check: Check) -> ColumnElement[bool]:
    return and_(_of.school_id == check.school_id, _of.id == check.id)


def _checks(connection: Connection, chosen: ColumnElement[bool]) -> list[Check]:
    rows = connection.execute(select(paper_checks).where(chosen).order_by(_of.entered_at, _of.id))
    return [_check(row) for row in rows]


def _check(row: Row[*tuple[Any, ...]]) -> Check:
    kept = KeptFile(row.scan_file, row.scan_kind, row.scan_pages, row.scan_sha256) if row.scan_file else None
    return Check(
        id=row.id,
        school_id=row.school_id,
        programme=row.programme,
        student_id=row.student_id,
        signer_id=row.signer_id,
        person_id=row.person_id,
        notice=NoticeKind(row.notice),
        kind=ActKind(row.kind),
        on_day=row.on_day,
        place=row.place,
        draw=Draw(**row.draw),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        state=CheckState(row.state),
        scan=kept,
        form_id=row.form_id,
        checked_by=row.checked_by,
        reason=row.reason,
        notice_version=row.notice_version,
    )
