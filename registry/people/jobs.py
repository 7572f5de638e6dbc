"""Work of this room after a commit: files that nobody needs any more are destroyed."""

from collections.abc import Sequence
from uuid import UUID

from registry.errors import N_
from registry.jobs.names import errand
from registry.storage.failpoints import reach
from registry.work import Registry

FORGET_FILES = "people.forget_files"


@errand(FORGET_FILES, N_("Уничтожить файлы проверенного списка"))
def forget_files(registry: Registry, *, files: Sequence[str]) -> None:
    """Destroy files; those that are gone already are no matter."""
    for file_id in files:
        registry.files.remove(UUID(file_id))
        reach("roster.file-forgotten")
