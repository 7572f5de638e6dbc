"""The chain of epochs: each begins with a leaf that holds what was known of the one before."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from registry.errors import N_, TamperedError
from registry.trail.checkpoint import Checkpoint
from registry.trail.entries import EntryType
from registry.trail.epochs import Epoch, cause_of, list_epochs, open_witnessed
from registry.trail.keys import FIRST_EPOCH, TrailKeys
from registry.trail.leaf import read_leaf
from registry.trail.merkle import root_of
from registry.trail.models import trail_checkpoint, trail_event, trail_leaf, trail_tile
from registry.trail.proofs import tree_nodes
from registry.trail.verify.findings import Reporter, Severity
from registry.trail.verify.raw import as_bytes, as_int, as_uuid, raw


def ended_epochs(connection: Connection, keys: TrailKeys) -> list[int]:
    """Number the epochs before the present one whose trees this database has."""
    known = {FIRST_EPOCH, *(one.epoch for one in list_epochs(connection))}
    return sorted(one for one in known if one < keys.epoch)


def check_epochs(connection: Connection, keys: TrailKeys, said: Reporter) -> None:
    """Hold the chain, and that nothing stands in an epoch that never began."""
    begun = list_epochs(connection)
    numbers = [FIRST_EPOCH, *(one.epoch for one in begun)]
    _find_strangers(connection, numbers, said)
    if numbers[-1] != keys.epoch or numbers != sorted(set(numbers)):
        said.tampered("V12", N_("Цепочка эпох журнала прервана: начало одной из них удалено или добавлено."))
        return
    for before, one in zip(numbers, begun, strict=False):
        _hold_beginning(connection, one, keys.of_epoch(before), said)


def _find_strangers(connection: Connection, numbers: Sequence[int], said: Reporter) -> None:
    for column, text in (
        (trail_leaf.c.epoch, N_("Запись неизвестной эпохи журнала.")),
        (trail_tile.c.epoch, N_("Плитка неизвестной эпохи журнала.")),
        (trail_checkpoint.c.epoch, N_("Отметка неизвестной эпохи журнала.")),
    ):
        strange = select(*raw(column)).where(column.not_in(numbers)).limit(1)
        if connection.execute(strange).first() is not None:
            said.tampered("V4" if column.table is trail_checkpoint else "V2", text)


def _hold_beginning(connection: Connection, begun: Epoch, before: TrailKeys, said: Reporter) -> None:
    place = (0, begun.event_id)
    try:
        cause = cause_of(begun, before)
        epoch, known = open_witnessed(begun.witnessed, before) if begun.witnessed else (before.epoch, None)
    except TamperedError as error:
        said.tampered("V12", error.text, place)
        return
    if not _is_first(_first_leaf(connection, begun.epoch), begun, cause):
        said.tampered("V12", N_("Первая запись эпохи %(epoch)s — не её начало."), place, epoch=begun.epoch)
    if known is None:
        return
    if epoch != before.epoch:
        text = N_("Эпоха %(epoch)s опубликована, но здесь её нет: база восстановлена из более старой копии.")
        said.add(Severity.WARNING, "V12", text, place, epoch=epoch)
    elif known.size > begun.recovered_size:
        text = N_(
            "Эпоха %(epoch)s закончилась восстановлением из копии: опубликованы записи до номера %(known)s,"
            " сохранились до %(recovered)s."
        )
        numbers = {"known": known.size - 1, "recovered": begun.recovered_size - 1}
        said.add(Severity.WARNING, "V12", text, place, epoch=epoch, **numbers)
    else:
        _hold_published(connection, known, begun, said)


def _hold_published(connection: Connection, known: Checkpoint, begun: Epoch, said: Reporter) -> None:
    """Hold that what was published of the epoch before is the beginning of what was recovered of it."""
    epoch = int(known.origin.rpartition("/")[2])
    try:
        holds = root_of(known.size, tree_nodes(connection, epoch, begun.recovered_size)) == known.root
    except TamperedError:
        holds = False
    if not holds:
        text = N_("Записи эпохи %(epoch)s не те, что были опубликованы до её конца.")
        said.tampered("V12", text, (0, begun.event_id), epoch=epoch)


def _first_leaf(connection: Connection, epoch: int) -> Row[tuple[int, object, object]] | None:
    joined = trail_leaf.join(trail_event, trail_event.c.event_id == trail_leaf.c.event_id)
    columns = raw(trail_leaf.c.idx, trail_leaf.c.event_id, trail_event.c.leaf)
    first = (trail_leaf.c.epoch == epoch) & (trail_leaf.c.idx == 0)
    return connection.execute(select(*columns).select_from(joined).where(first)).first()


def _is_first(row: Row[tuple[int, object, object]] | None, begun: Epoch, cause: str | None) -> bool:
    if row is None or as_int(row.idx) or as_uuid(row.event_id) != begun.event_id:
        return False
    try:
        leaf = read_leaf(as_bytes(row.leaf))
    except ValueError:
        return False
    return (leaf.type, leaf.cause) == (EntryType.EPOCH_BEGAN, cause)
