"""An export is ordered, cancelled, handed out and destroyed; what is erased comes out of it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID

from registry.access.purposes import check_purpose
from registry.errors import InvalidError
from registry.people.jobs import FORGET_FILES
from registry.programmes.models import latest_version
from registry.proofs.exports import facts
from registry.proofs.exports.places import Site
from registry.proofs.exports.rules import (
    NO_PROGRAMME,
    Export,
    Line,
    State,
    Wanted,
    check_receiver,
    demand_going,
    demand_own,
)
from registry.proofs.models import export_lines, exports
from registry.proofs.models.exports import Part
from registry.storage.queries import batched
from registry.trail.entries import EntryType
from registry.work import Work

PACK: Final = "proofs.pack_export"
FILES_AT_ONCE: Final = 200


def order_export(work: Work, wanted: Wanted, site: Site) -> Export:
    """Order the documents of a place; the worker makes the file, part by part.

    Raises:
        InvalidError: receiver, reason or basis are missing or too long. NotFoundError: no such programme.
    """
    said = _checked(wanted)
    latest_version(work.connection, said.programme)  # there is such a programme
    export = Export(
        id=work.new_id(),
        programme=said.programme,
        span=site.span,
        place_id=site.id,
        region_id=site.region_id,
        municipality_id=site.municipality_id,
        bundles=said.bundles,
        receiver=said.receiver,
        reason=said.reason,
        basis=said.basis,
        state=State.WAITING,
        role=work.actor.role,
        ordered_by=work.actor.id,
        ordered_at=work.now,
    )
    exports.add_export(work.connection, export)
    work.record(facts.export_entry(EntryType.EXPORT_ORDERED, export))
    work.later(PACK, export_id=str(export.id))
    return export


def faults_of(wanted: Wanted) -> dict[str, str]:
    """Say, by field, all that is wrong in an order."""
    found = {} if wanted.programme else {"programme": NO_PROGRAMME}
    found |= _wrong(partial(check_receiver, wanted.receiver))
    purpose = _wrong(partial(check_purpose, wanted.reason, wanted.basis))
    return found | {"basis" if name == "order" else name: words for name, words in purpose.items()}


def _checked(wanted: Wanted) -> Wanted:
    """Take an order with its texts set right."""
    fields = faults_of(wanted)
    if fields:
        raise InvalidError(next(iter(fields.values())), fields=fields)
    reason, basis = check_purpose(wanted.reason, wanted.basis)
    return replace(wanted, receiver=check_receiver(wanted.receiver), reason=reason.value, basis=basis)


def _wrong(check: Callable[[], object]) -> dict[str, str]:
    try:
        check()
    except InvalidError as wrong:
        return wrong.fields
    return {}


def cancel_export(work: Work, export_id: UUID) -> Export:
    """Stop an export, or take a ready one away before its time; its file is destroyed.

    Raises:
        ConflictError: `export-over`: there is no file any more.
    """
    export = exports.held_export(work.connection, export_id)
    demand_going(export)
    return _end(work, export, State.CANCELLED)


def destroy_export(work: Work, export_id: UUID) -> None:
    """Destroy the file of an export whose time is over."""
    export = exports.held_export(work.connection, export_id)
    if export.state is State.READY and export.expires_at is not None and export.expires_at <= work.now:
        _end(work, export, State.DESTROYED)


def fetch_export(work: Work, export_id: UUID) -> tuple[Export, list[Part]]:
    """Hand a ready export out to who ordered it, and record that; gives the pieces of the file.

    Raises:
        ForbiddenError: somebody else ordered it. ConflictError, GoneError: not ready, or destroyed.
    """
    export = exports.held_export(work.connection, export_id)
    demand_own(export, work.actor.id, work.now)
    fetched = replace(export, fetched=export.fetched + 1)
    exports.change_export(work.connection, fetched)
    work.record(facts.fetched_entry(export))
    return fetched, exports.parts_of(work.connection, export_id)


def leave_out(work: Work, school_id: UUID, act_ids: Collection[UUID]) -> None:
    """Leave what some acts show out of every export that there is: their content is destroyed.

    What is in a file already comes out of it before anybody gets that file again.
    """
    for export_id, lines in export_lines.lines_about(work.connection, school_id, act_ids).items():
        export = exports.held_export(work.connection, export_id)
        cut = [number for number, state in lines if state is Line.PACKED]
        gone = [number for number, state in lines if state in {Line.WAITING, Line.AGAIN}]
        export_lines.mark_lines(work.connection, (export_id, school_id), cut, Line.CUT)
        export_lines.mark_lines(work.connection, (export_id, school_id), gone, Line.ERASED)
        changed = replace(export, left_out=export.left_out + len(gone))
        if cut and export.state is State.READY:
            changed = _reopened(work, changed)
        exports.change_export(work.connection, changed)


def forget_files(work: Work, files: Collection[UUID]) -> None:
    """Promise that files which no row names any more are destroyed."""
    for some in batched(files, FILES_AT_ONCE):
        work.later(FORGET_FILES, files=[str(one) for one in some])


def _reopened(work: Work, export: Export) -> Export:
    """Take a ready file back: something has to come out of it."""
    forget_files(work, exports.drop_tail(work.connection, export.id))
    reopened = replace(
        export,
        state=State.PACKING,
        revision=export.revision + 1,
        size=None,
        sums_sha256=None,
        ready_at=None,
    )
    work.record(facts.export_entry(EntryType.EXPORT_CHANGED, reopened))
    work.later(PACK, export_id=str(export.id))
    return reopened


def _end(work: Work, export: Export, state: State) -> Export:
    forget_files(work, exports.drop_parts(work.connection, export.id))
    ended = replace(export, state=state, revision=export.revision + 1)
    exports.change_export(work.connection, ended)
    work.record(facts.export_entry(EntryType.EXPORT_CHANGED, ended))
    return ended
