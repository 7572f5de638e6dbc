"""`exports order|continue|list|take|cancel|check`: documents of a school or a branch as one file."""

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Final
from uuid import UUID

from registry.access.purposes import Reason
from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.proofs.exports import usecases
from registry.proofs.exports.checking import check_export
from registry.proofs.exports.packing import Step, pack_some
from registry.proofs.exports.places import name_of, site_of
from registry.proofs.exports.rules import Export, Span, State, Wanted
from registry.proofs.models import exports
from registry.trail.entries import Actor
from registry.work import Registry

OPERATOR: Final = Actor("system", None, "operator", "terminal")
PAUSE_S: Final = 1.0
Verb = Callable[[argparse.Namespace, Registry], int]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the verbs of exports."""
    room = commands.add_parser("exports", help="sealed documents of a school, municipality or region")
    verbs = room.add_subparsers(required=True, metavar="VERB")
    order = verbs.add_parser("order", help="order an export and make its file, with progress")
    order.add_argument("span", choices=[one.value for one in Span])
    order.add_argument("place", type=UUID, help="id of the school, municipality or region")
    order.add_argument("--programme", required=True)
    order.add_argument("--receiver", required=True, help="to whom the documents are given")
    order.add_argument("--reason", required=True, choices=[one.value for one in Reason])
    order.add_argument("--order", required=True, help="number of the order or request")
    order.add_argument("--bundles", action="store_true", help="with the bundle of each consent")
    order.set_defaults(command=_running(_order))
    going = verbs.add_parser("continue", help="go on with an export, with progress")
    take = verbs.add_parser("take", help="take the file of an export ordered here; it is recorded")
    take.add_argument("--to", type=Path, required=True, help="file to write; it must not be there yet")
    cancel = verbs.add_parser("cancel", help="stop an export, or destroy its file")
    for verb, run in ((going, _continue), (take, _take), (cancel, _cancel)):
        verb.add_argument("export", type=UUID)
        verb.set_defaults(command=_running(run))
    verbs.add_parser("list", help="list exports").set_defaults(command=_running(_list))
    check = verbs.add_parser("check", help="hold every file of an export against its signed digest")
    check.add_argument("file", type=Path)
    check.set_defaults(command=_running(_check))


def _running(verb: Verb) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    def run(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
        registry = Registry.open(load_settings(environ))
        try:
            return verb(said, registry)
        finally:
            registry.engine.dispose()

    return run


def _order(said: argparse.Namespace, registry: Registry) -> int:
    wanted = Wanted(said.programme, said.bundles, said.receiver, said.reason, said.order)
    with registry.work(OPERATOR) as work:
        site = site_of(work, Span(said.span), said.place)
        export = usecases.order_export(work, wanted, site)
    sys.stdout.write(f"{export.id}\n")
    return _follow(registry, export.id)


def _continue(said: argparse.Namespace, registry: Registry) -> int:
    return _follow(registry, said.export)


def _follow(registry: Registry, export_id: UUID) -> int:
    """Make parts until the file is whole; a worker beside it is no hindrance, and may end it alone."""
    step = Step.MORE
    while step is not Step.OVER:
        step = pack_some(registry, export_id)
        _progress(_export(registry, export_id))
        if step is Step.WAITS:
            sleep(PAUSE_S)
    sys.stderr.write("\n")
    export = _export(registry, export_id)
    sys.stdout.write(_line(registry, export))
    return 0 if export.state is State.READY else 1


def _progress(export: Export) -> None:
    share = 100 * export.done // export.total if export.total else 0
    sys.stderr.write(f"\r{export.done} / {export.total} ({share} %), left out: {export.left_out} ")
    sys.stderr.flush()


def _export(registry: Registry, export_id: UUID) -> Export:
    with registry.reading(OPERATOR) as work:
        return exports.get_export(work.connection, export_id)


def _line(registry: Registry, export: Export) -> str:
    with registry.reading(OPERATOR) as work:
        place = name_of(work, export)
    number = f"{export.packed}+{export.left_out}/{export.total}"
    return f"{export.id} {export.state.value} {number} {export.size or 0} {export.programme} {place}\n"


def _list(_said: argparse.Namespace, registry: Registry) -> int:
    with registry.reading(OPERATOR) as work:
        found = exports.latest_exports(work.connection)
    sys.stdout.writelines(_line(registry, one) for one in found)
    return 0


def _take(said: argparse.Namespace, registry: Registry) -> int:
    try:
        file = said.to.open("xb")
    except OSError as error:
        raise InvalidError(
            N_("Файл %(file)s не записан: он уже есть, или в эту папку нельзя писать."), file=said.to.name
        ) from error
    try:
        with file:
            with registry.work(OPERATOR) as work:
                _, parts = usecases.fetch_export(work, said.export)
            for one in parts:
                file.write(registry.files.get(one.part_file))
    except BaseException:
        with suppress(OSError):
            said.to.unlink()
        raise
    sys.stdout.write(f"{said.to}\n")
    return 0


def _cancel(said: argparse.Namespace, registry: Registry) -> int:
    with registry.work(OPERATOR) as work:
        export = usecases.cancel_export(work, said.export)
    sys.stdout.write(_line(registry, export))
    return 0


def _check(said: argparse.Namespace, registry: Registry) -> int:
    keys = registry.trail
    verifiers = [keys.of_epoch(one).receipt.verifier for one in range(1, keys.epoch + 1)]
    sys.stdout.write(f"{check_export(said.file, verifiers)} files\n")
    return 0
