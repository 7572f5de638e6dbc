"""Scans of papers as rows: which file shows the paper of an act."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, insert, select

from registry.consents.models.tables import act_scans, acts, consents
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A scan that is kept: of which act, on which document of whom, where, and what it is."""

    act_id: UUID
    notice: NoticeKind
    signer_id: UUID
    about_id: UUID
    scan_file: UUID
    kind: str
    pages: int
    added_at: datetime


_kept = (
    select(
        act_scans.c.act_id,
        consents.c.notice,
        consents.c.signer_id,
        consents.c.about_id,
        act_scans.c.scan_file,
        act_scans.c.kind,
        act_scans.c.pages,
        act_scans.c.added_at,
    )
    .join_from(
        act_scans, acts, (acts.c.school_id == act_scans.c.school_id) & (acts.c.id == act_scans.c.act_id)
    )
    .join(consents, (consents.c.school_id == acts.c.school_id) & (consents.c.id == acts.c.consent_id))
    .where(act_scans.c.school_id == bindparam("school"))
    .order_by(act_scans.c.added_at)
)


def add_scan(connection: Connection, school_id: UUID, scan: KeptScan) -> None:
    """Write down which file shows the paper of an act."""
    names = ("act_id", "scan_file", "kind", "pages", "added_at")
    row = {name: getattr(scan, name) for name in names}
    connection.execute(insert(act_scans), {"school_id": school_id, **row})


def get_scan(connection: Connection, school_id: UUID, act_id: UUID) -> KeptScan:
    """Read the scan of an act.

    Raises:
        NotFoundError: there is none.
    """
    found = _read(connection, _kept.where(act_scans.c.act_id == act_id), school_id)
    if not found:
        raise NotFoundError(N_("Скана этой бумаги нет."))
    return found[0]


def scans_about(
    connection: Connection, school_id: UUID, programme: str, people: Collection[UUID]
) -> list[KeptScan]:
    """List the scans of papers that some people signed about any of them, the oldest first."""
    chosen = _kept.where(
        consents.c.programme == programme,
        consents.c.signer_id.in_(people),
        consents.c.about_id.in_(people),
    )
    return _read(connection, chosen, school_id)


def _read(connection: Connection, query: Select[*tuple[Any, ...]], school_id: UUID) -> list[KeptScan]:
    rows = connection.execute(query, {"school": school_id})
    return [_scan(row) for row in rows]


def _scan(row: Row[*tuple[Any, ...]]) -> KeptScan:
    return KeptScan(
        row.act_id,
        NoticeKind(row.notice),
        row.signer_id,
        row.about_id,
        row.scan_file,
        row.kind,
        row.pages,
        row.added_at,
    )
