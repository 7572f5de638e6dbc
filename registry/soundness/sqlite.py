"""SQLite as it stands: a commit is on the disk, and the disk is of this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from registry.errors import N_
from registry.soundness.faults import Fault

FULL: Final = 2
MOUNTS: Final = Path("/proc/self/mountinfo")
NETWORK: Final = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.ceph",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "smb3",
        "smbfs",
    }
)


def sqlite_faults(connection: Connection, mounts: str | None = None) -> Iterator[Fault]:
    """Judge a database file.

    Args:
        connection: open to it.
        mounts: the system's table of mounts (`mountinfo`), where it has one.
    """
    synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    if synchronous < FULL:
        yield Fault(
            "synchronous",
            N_("SQLite не дожидается диска (synchronous=%(value)s): запись пропадёт при сбое; нужно FULL."),
            {"value": synchronous},
        )
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if journal != "wal":
        yield Fault(
            "journal_mode",
            N_(
                "SQLite ведёт журнал в режиме %(value)s, нужен WAL: держите базу обычным файлом на диске этой"
                " машины, без параметров в REGISTRY_DATABASE_URL."
            ),
            {"value": journal},
        )
    file = connection.engine.url.database
    kind = file_system_of(Path(file), mounts) if file and mounts else ""
    if kind in NETWORK:
        yield Fault(
            "REGISTRY_DATABASE_URL",
            N_(
                "База SQLite лежит на сетевой файловой системе (%(kind)s), где она портится:"
                " перенесите её на диск этой машины или возьмите PostgreSQL."
            ),
            {"kind": kind},
        )


def file_system_of(file: Path, mounts: str) -> str:
    """Name the kind of file system that a file stands on: that of the longest mount point above it."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        point, _, rest = line.partition(" - ")
        fields = point.split(" ")
        if not rest:
            continue
        mounted = Path(fields[4].replace("\\040", " "))
        # A later mount on the same point covers the earlier one.
        if file.resolve().is_relative_to(mounted) and len(mounted.parts) >= best:
            best, kind = len(mounted.parts), rest.split(" ")[0]
    return kind
