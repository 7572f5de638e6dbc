"""Reading a stack, some pages at a time: what was read stays read, whoever goes on."""

from uuid import UUID

from registry.consents.models import stack_forms, stacks
from registry.consents.models.stacks import Stack, StackFile
from registry.consents.rules.stacks import StackState
from registry.consents.usecases.placing import take_sheets
from registry.consents.usecases.stacks import STACK
from registry.documents.stacks.reading import read_part
from registry.errors import RegistryError
from registry.jobs.worker import WORKER
from registry.people.jobs import FORGET_FILES
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Registry, Work


def read_stack(registry: Registry, school_id: UUID, stack_id: UUID) -> None:
    """Read what is not read yet of a stack, and end its reading; run twice it goes on where it was."""
    while (at := _next(registry, school_id, stack_id)) is not None:
        stack, file = at
        if file is None or file.original_file is None:
            _end(registry, stack, StackState.READ)
            return
        try:
            part = read_part(registry.files.get(file.original_file), file.done)
        except RegistryError as refused:
            _end(registry, stack, StackState.FAILED, refused.slug)
            return
        with registry.work(WORKER) as work:
            take_sheets(work, stack, file, part.sheets)


def _next(registry: Registry, school_id: UUID, stack_id: UUID) -> tuple[Stack, StackFile | None] | None:
    """Find a stack that is being read, with its first file that is not read to the end."""
    with registry.reading(WORKER) as work:
        stack = stacks.get_stack(work.connection, school_id, stack_id)
        if stack.state is not StackState.READING:
            return None
        files = stacks.files_of(work.connection, stack)
    return stack, next((one for one in files if one.done < one.pages), None)


def _end(registry: Registry, stack: Stack, state: StackState, failure: str | None = None) -> None:
    with registry.work(WORKER) as work:
        files = stacks.end_reading(work.connection, stack, state, failure)
        if files:
            work.later(FORGET_FILES, files=[str(one) for one in files])
        reach("stack.read-before-entry")
        about = ObjectRef(STACK, stack.id, 2)
        work.record(Entry(EntryType.PAPERS_READ, about, _told(work, stack, state), stack.school_id))


def _told(work: Work, stack: Stack, state: StackState) -> dict[str, Json]:
    pages = stack_forms.pages_of_stack(work.connection, stack.school_id, stack.id)
    return {
        "state": state.value,
        "pages": len(pages),
        "placed": sum(one.form_id is not None for one in pages),
        "queued": sum(one.form_id is None for one in pages),
    }
