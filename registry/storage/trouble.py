"""What a database or a disk says when it cannot, in the registry's words: people wait and try again.

A full disk, a file that became read-only, a server that went away: nothing is wrong with what was asked.
Everything else stays the error that it is.
"""

import errno
import sqlite3
from typing import Final, NoReturn

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from registry.errors import N_, UnavailableError

DATABASE_ERRORS: Final = (DBAPIError, NoConnectionError, sqlite3.Error)
"""What an engine may raise; SQLite's own comes bare from where a transaction begins."""

_FULL: Final = (
    "storage-full",
    N_(
        "На диске сервера нет места, поэтому ничего не записано. Повторите позже или сообщите администратору."
    ),
)
_READ_ONLY: Final = (
    "storage-read-only",
    N_("База данных сейчас только читается, поэтому ничего не записано. Повторите позже."),
)
_BUSY: Final = (
    "storage-busy",
    N_("База данных занята другими записями, поэтому ничего не записано. Повторите через минуту."),
)
_BROKEN: Final = (
    "storage-broken",
    N_("Диск сервера не принял запись. Повторите позже или сообщите администратору."),
)
_AWAY: Final = (
    "storage-away",
    N_("База данных не отвечает. Повторите через минуту: дважды ничего не запишется."),
)
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_IOERR: _BROKEN,
    sqlite3.SQLITE_CANTOPEN: _BROKEN,
}
_POSTGRESQL: Final = {"53100": _FULL, "25006": _READ_ONLY, "58030": _BROKEN}
_POSTGRESQL_CLASSES: Final = {"53": _BUSY, "40": _BUSY, "08": _AWAY, "57": _AWAY}
_DISK: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
}
_PRIMARY: Final = 0xFF
"""The part of a SQLite code that names its kind."""


def retell(error: Exception) -> NoReturn:
    """Raise a database's error again, in the registry's words where nothing is wrong with what was asked.

    Raises:
        UnavailableError: the database is full, busy, only read, or away.
    """
    found = _found(error)
    if found is None:
        raise error
    raise UnavailableError(found[1], code=found[0]) from error


def disk_in_words(error: OSError) -> UnavailableError | None:
    """Tell what is the matter with the disk; None when it is something else."""
    found = _DISK.get(error.errno or 0)
    return None if found is None else UnavailableError(found[1], code=found[0])


def surely_undone(error: Exception) -> bool:
    """Say whether nothing of the transaction can have been committed.

    A line that broke may have broken between the server's commit and its answer; a disk that failed at
    the last step may hold what it would not confirm.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return False
    code = getattr(_origin(error), "sqlite_errorcode", 0)
    return code & _PRIMARY != sqlite3.SQLITE_IOERR or code == sqlite3.SQLITE_IOERR_WRITE


def _found(error: Exception) -> tuple[str, str] | None:
    if isinstance(error, NoConnectionError):
        return _BUSY
    origin = _origin(error)
    if isinstance(origin, sqlite3.Error):
        return _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & _PRIMARY)
    state = getattr(origin, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL_CLASSES.get(state[:2])
    # Without a state nothing came from the server: the line to it broke, or was never there.
    return _AWAY if type(origin).__name__ == "OperationalError" else None


def _origin(error: Exception) -> BaseException:
    return (isinstance(error, DBAPIError) and error.orig) or error
