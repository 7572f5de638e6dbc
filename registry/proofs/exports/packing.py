"""Making the file of an export, part by part: whoever goes on after a kill goes on from where it stood.

What is missing is sealed first, each document in units of its own; then one transaction lets a part go
through the gate, writes it and says of each line what became of it. A part that stands is never made again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from uuid import UUID

from registry.access.rules import Action
from registry.access.usecases.users import RIGHT_ENDED, still_may
from registry.errors import N_, ConflictError, ForbiddenError, GoneError, NotFoundError, UnavailableError
from registry.proofs.exports.cutting import cut_part
from registry.proofs.exports.filling import Filled, fill, recorded
from registry.proofs.exports.finishing import finish
from registry.proofs.exports.places import place_of
from registry.proofs.exports.rules import LEFT_OUT, Export, Line, State
from registry.proofs.models import export_lines, exports
from registry.proofs.models.export_lines import Settled, Wished
from registry.proofs.models.exports import Part
from registry.proofs.usecases.sealing import Press, Wanted, seal_act
from registry.storage.failpoints import reach
from registry.storage.reach import EVERYTHING
from registry.trail.entries import SYSTEM, Actor
from registry.trail.purposes import Purpose
from registry.work import Registry, Work

AT_ONCE: Final = 48
"""Documents of a part: some seconds of work, so that other jobs get their turn in between."""

log = logging.getLogger(__name__)


class Step(Enum):
    """How far one step of the work came."""

    OVER = "over"
    MORE = "more"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Ready:
    """Lines whose document is there, and what became of the others without it."""

    going: Sequence[Wished]
    settled: Sequence[Settled]


def pack_some(registry: Registry, export_id: UUID) -> Step:
    """Do the next step of an export: list what is wanted, write a part, cut one, or end the file.

    Gives `WAITS` while the documents of a part wait for a checkpoint of the trail.

    Raises:
        ForbiddenError: who ordered it may do so no longer.
    """
    with registry.reading(SYSTEM) as work:
        export = exports.get_export(work.connection, export_id)
        _check_still_may(work, export)
        if not export.state.active:
            return Step.OVER
        cut = export_lines.part_to_cut(work.connection, export_id)
        state, lines = _next(work, export_id)
    if export.state is State.WAITING:
        return _begin(registry, export)
    if cut is not None:
        cut_part(registry, export, cut)
        return Step.MORE
    if lines:
        return _add(registry, export, lines, state)
    return Step.OVER if finish(registry, export) else Step.MORE


def _next(work: Work, export_id: UUID) -> tuple[Line, list[Wished]]:
    """Give the next lines: what was not tried yet, then what went wrong once."""
    waiting = export_lines.next_lines(work.connection, export_id, Line.WAITING, AT_ONCE)
    if waiting:
        return Line.WAITING, waiting
    return Line.AGAIN, export_lines.next_lines(work.connection, export_id, Line.AGAIN, AT_ONCE)


def actor_of(export: Export) -> Actor:
    """Name who takes the documents out: whoever ordered it, for what he said that he needs them."""
    purpose = Purpose(export.id, export.reason, export.basis)
    if export.ordered_by is None:
        return Actor("system", None, export.role, "order", None, purpose)
    return Actor("staff", export.ordered_by, export.role, "order", None, purpose)


def _check_still_may(work: Work, export: Export) -> None:
    by = export.ordered_by
    if by is not None and not still_may(work, by, Action.DOCUMENT_EXPORT, place_of(export)):
        raise ForbiddenError(N_("Тот, кто заказал выгрузку, больше не вправе это делать."), code=RIGHT_ENDED)


def _begin(registry: Registry, export: Export) -> Step:
    """List what is wanted, once: what is decided later is no part of this export."""
    with registry.work(SYSTEM) as work:
        held = exports.held_export(work.connection, export.id)
        if held.state is State.WAITING:
            total = export_lines.list_lines(work.connection, held)
            reach("export.lines-before-state")
            exports.change_export(work.connection, replace(held, state=State.PACKING, total=total))
    return Step.MORE


def _add(registry: Registry, export: Export, lines: Sequence[Wished], state: Line) -> Step:
    """Seal what is missing of some lines, and write their part."""
    try:
        ready = _sealed(registry, lines, state)
    except ConflictError:
        return Step.WAITS
    with registry.work(actor_of(export), sees=EVERYTHING) as work:
        held = exports.held_export(work.connection, export.id)
        if held.state is not State.PACKING or held.parts != export.parts:
            return Step.MORE  # somebody else wrote it, or it was cancelled meanwhile
        still = export_lines.numbers_in(work.connection, export.id, state, [one.number for one in lines])
        filled = fill(work, registry.trail, held, [one for one in ready.going if one.number in still])
        _write(work, held, filled, [one for one in ready.settled if one.number in still])
    return Step.MORE


def _sealed(registry: Registry, lines: Sequence[Wished], state: Line) -> Ready:
    """See to it that documents are sealed; of whom one goes wrong everything is put off, or given up."""
    press = Press(registry.settings)
    outcome: dict[int, Line] = {}
    for one in lines:
        if one.act_id is not None:
            outcome[one.number] = _seal(registry, press, one, one.act_id)
    wrong = {one.student_id for one in lines if outcome.get(one.number) is Line.FAILED}
    if state is Line.WAITING:
        outcome |= {one.number: Line.AGAIN for one in lines if one.student_id in wrong}
    bad = {one.consent_id: outcome[one.number] for one in lines if outcome.get(one.number) in LEFT_OUT}
    outcome |= {
        one.number: bad[one.consent_id] for one in lines if one.act_id is None and one.consent_id in bad
    }
    return Ready(
        [one for one in lines if outcome.get(one.number, Line.PACKED) is Line.PACKED],
        [
            Settled(one.school_id, one.number, outcome[one.number])
            for one in lines
            if outcome.get(one.number, Line.PACKED) is not Line.PACKED
        ],
    )


def _seal(registry: Registry, press: Press, one: Wished, act_id: UUID) -> Line:
    try:
        sealed = seal_act(registry, press, Wanted(one.school_id, act_id, one.signer_id))
    except (GoneError, NotFoundError):
        return Line.ERASED
    except (ConflictError, UnavailableError):
        raise
    except Exception:
        log.exception("not-sealed", extra={"act": str(act_id)})
        return Line.FAILED
    return Line.ERASED if sealed.sealed_file is None else Line.PACKED


def _write(work: Work, export: Export, filled: Filled, settled: Sequence[Settled]) -> None:
    part_file = work.new_id()
    whole = [*settled, *filled.settled]
    if filled.data:
        work.files.put(part_file, bytes(filled.data))
        reach("export.file-before-row")
        part = Part(export.parts, part_file, len(filled.data))
        export = exports.add_parts(work.connection, export, [part], tail=False)
    export_lines.settle_lines(work.connection, export.id, whole)
    packed = sum(one.state is Line.PACKED for one in whole)
    out = sum(one.state in LEFT_OUT for one in whole)
    reach("export.lines-before-entries")
    exports.change_export(
        work.connection, replace(export, packed=export.packed + packed, left_out=export.left_out + out)
    )
    work.record_many(recorded(work, filled))
