"""The list of destroyed people beside the database: an older copy of it does not know them."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Final
from uuid import UUID

from registry.errors import N_, InvalidError
from registry.storage.small_files import write_over

FILE: Final = "erased.json"


def write(home: Path, people: Collection[UUID]) -> None:
    """Write the list (ids only) into the home; a crash leaves the older one or this one."""
    write_over(home / FILE, json.dumps([str(one) for one in people]))


def read(file: Path) -> list[UUID]:
    """Read a list.

    Raises:
        InvalidError: there is none, or it is damaged.
    """
    try:
        return [UUID(one) for one in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, AttributeError):
        raise InvalidError(
            N_("Список уничтоженных не читается: %(file)s. Нужен erased.json из прежней папки реестра."),
            file=file,
        ) from None
