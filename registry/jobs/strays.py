"""By the clock: files are deleted that a crash left between their writing and the row that names them."""

import logging
from datetime import timedelta
from typing import Final

from registry.jobs.names import tick
from registry.storage.file_names import named_files
from registry.trail.entries import SYSTEM
from registry.work import Registry

AGE: Final = timedelta(days=1)
"""Far longer than any transaction: what is younger may still get its row."""
MOST: Final = 100
"""A crash leaves one file or two. More at a time come of a database that is not the one of these files."""

log = logging.getLogger(__name__)


@tick("jobs.strays", timedelta(days=1))
def delete_strays(registry: Registry) -> None:
    """Delete files, older than a day, that no row names; at the worker's start, then once a day.

    The files are listed before the rows are read: whatever got its row meanwhile is seen to have one. A
    database that names no file, and one beside which there are many strays, may be the wrong one or an old
    copy: nothing is deleted then, and the log tells of it.
    """
    old = registry.files.written_before(registry.now() - AGE)
    if not old:
        return
    with registry.reading(SYSTEM) as work:
        named = named_files(work.connection)
    strays = old - named
    if not named or len(strays) > MOST:
        log.warning("stray-files-left", extra={"files": len(strays)})
        return
    for file_id in strays:
        registry.files.remove(file_id)
    if strays:
        log.warning("stray-files-deleted", extra={"files": len(strays)})
