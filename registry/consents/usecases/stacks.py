"""A stack of scanned forms is brought: its files are kept, and the worker is to read them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.consents.models import stacks
from registry.consents.models.stacks import Stack, StackFile
from registry.consents.rules.stacks import StackState
from registry.consents.usecases.paper import LONGEST_PLACE
from registry.errors import N_, InvalidError
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

READ_STACK = "consents.read_stack"
MOST_FILES = 100
STACK = "paper-stack"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a tutor brings at once: files with the number of their pages, and where the sheets lie."""

    files: Sequence[tuple[bytes, int]]
    place: str


def bring_stack(work: Work, school_id: UUID, programme_id: str, class_id: UUID, brought: Brought) -> Stack:
    """Keep the files of a stack and have them read.

    Raises:
        InvalidError: there is no file, there are too many, or the place is missing or too long.
    """
    where = _where(brought)
    stack = Stack(
        id=work.new_id(),
        school_id=school_id,
        programme=programme_id,
        class_id=class_id,
        place=where,
        seed=secrets.token_hex(16),
        state=StackState.READING,
        brought_by=work.actor.id,
        brought_at=work.now,
    )
    kept = [_keep(work, number, data, pages) for number, (data, pages) in enumerate(brought.files)]
    reach("stack.files-before-rows")
    stacks.add_stack(work.connection, stack, kept)
    reach("stack.rows-before-entry")
    state: dict[str, Json] = {
        "programme": programme_id,
        "class": str(class_id),
        "seed": stack.seed,
        "files": [one.sha256 for one in kept],
    }
    work.record(Entry(EntryType.PAPERS_BROUGHT, ObjectRef(STACK, stack.id, 1), state, school_id))
    work.later(READ_STACK, school_id=str(school_id), stack_id=str(stack.id))
    return stack


def _where(brought: Brought) -> str:
    where = brought.place.strip()
    if not where or len(where) > LONGEST_PLACE:
        raise InvalidError(
            N_("Укажите, где лежат подлинники."),
            fields={"place": N_("Укажите папку, не длиннее 200 знаков.")},
        )
    if not 0 < len(brought.files) <= MOST_FILES:
        raise InvalidError(
            N_("Выберите файлы: один PDF или снимки страниц, не больше 100."),
            fields={"stack": N_("Выберите файлы: один PDF или снимки страниц, не больше 100.")},
        )
    return where


def _keep(work: Work, number: int, data: bytes, pages: int) -> StackFile:
    original_file = work.new_id()
    work.files.put(original_file, data)
    return StackFile(number, original_file, hashlib.sha256(data).hexdigest(), pages)
