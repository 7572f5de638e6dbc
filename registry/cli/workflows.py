"""`workflows`: processes and their versions, checks of definitions, moving cases to another version."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.app import load_names
from registry.cli.parts import parts_told
from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.trail.entries import Actor
from registry.work import Registry, Work
from registry.workflows import models, versions
from registry.workflows.definition import Known, check, parse
from registry.workflows.migrating import usecases
from registry.workflows.migrating.usecases import Asked, Plan
from registry.workflows.models import Origin, Version
from registry.workflows.names import NAMES

MACHINE = Actor("system", None, "machine", "command")
FAILED = 1
ORIGINS = {
    Origin.SHIPPED: N_("из поставки, файл версии %(shipped)s"),
    Origin.EDITED: N_("изменена сотрудниками по версии %(based_on)s"),
}


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `workflows list|check|migrate`."""
    verbs = commands.add_parser("workflows", help="processes and their versions").add_subparsers(
        required=True, metavar="VERB"
    )
    verbs.add_parser("list", help="versions of each process, and the open cases on them").set_defaults(
        command=_list
    )
    examine = verbs.add_parser("check", help="say everything that is wrong with definitions")
    examine.add_argument("file", type=Path, nargs="*", help="TOML files; the shipped ones if none is named")
    examine.set_defaults(command=_check)
    move = verbs.add_parser("migrate", help="move the open cases of a version to another one")
    move.add_argument("definition", help="id of the process")
    move.add_argument("--from", dest="source", type=int, required=True, metavar="N", help="their version")
    move.add_argument("--to", dest="target", type=int, required=True, metavar="M", help="the new version")
    move.add_argument(
        "--map",
        dest="mapped",
        nargs="+",
        action="extend",
        default=[],
        metavar="OLD=NEW",
        help="where the cases of a state go; a state that is not named keeps its name",
    )
    move.add_argument("--dry-run", action="store_true", help="only say how many cases would go where")
    move.set_defaults(command=_migrate)


def _list(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    with _opened(environ) as registry, registry.reading(MACHINE) as work:
        waiting = versions.newer(work.connection, versions.shipped())
        for one in models.newest_versions(work.connection):
            _tell_versions(work, one.definition_id)
            if one.definition_id in waiting:
                _say(_newer(waiting[one.definition_id]))
    return 0


def _tell_versions(work: Work, definition_id: str) -> None:
    counts = models.open_cases(work.connection, definition_id)
    held = models.versions_of(work.connection, definition_id)
    _say(definition_id)
    for one in held:
        running = sum(count for (number, _), count in counts.items() if number == one.version)
        words = N_("  версия %(number)s: %(origin)s; открытых дел: %(running)s%(force)s")
        _say(
            words
            % {
                "number": one.version,
                "origin": _origin(one),
                "running": running,
                "force": N_("; действует для новых дел") if one is held[-1] else "",
            }
        )


def _origin(one: Version) -> str:
    return ORIGINS[one.origin] % {"shipped": one.shipped, "based_on": one.based_on}


def _newer(one: versions.Newer) -> str:
    words = N_(
        "  в поставке есть версия %(version)s (%(file)s): действующую изменили сотрудники, и сама она её не"
        " заменит. Возьмите её черновиком на странице «Описания процессов»."
    )
    return words % {"version": one.definition.version, "file": one.file}


def _check(said: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    load_names()
    texts = {str(path): path.read_text("utf-8") for path in said.file} or versions.shipped()
    known = _known([*versions.shipped().values(), *texts.values()])
    faults = 0
    for file, text in texts.items():
        findings = check(text, known).findings
        faults += len(findings)
        _say(f"{file}: " + (N_("ошибок: %(count)s") % {"count": len(findings)} if findings else N_("верно")))
        for one in findings:
            _say(f"  {one.words()}")
    return FAILED if faults else 0


def _known(texts: Iterable[str]) -> Known:
    """What definitions may ask for: the rooms' names, and the states of each other's processes."""
    read = (parse(text)[0] for text in texts)
    processes = {one.id: frozenset(state.id for state in one.states) for one in read if one is not None}
    return replace(NAMES.known(), processes=processes)


def _migrate(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    asked = Asked(said.definition, said.source, said.target, dict(_pair(one) for one in said.mapped))
    with _opened(environ) as registry:
        with registry.reading(MACHINE) as work:
            planned = usecases.plan(work, asked)
        _tell_plan(planned)
        if said.dry_run:
            return FAILED if planned.homeless else 0
        with parts_told() as tell, registry.work(MACHINE) as work:
            part = N_("Перевод дел")
            done = usecases.migrate(work, asked, lambda count, total: tell(part, count, total))
    _say(N_("Переведено дел: %(count)s. Запись журнала: %(id)s.") % {"count": done.moved, "id": done.id})
    return 0


def _tell_plan(planned: Plan) -> None:
    for place in planned.places:
        said = {"state": place.state, "held": place.held, "target": place.target, "counted": place.counted}
        if place.target is None:
            _say(N_("%(state)s: дел %(held)s, места в новой версии нет (--map %(state)s=НОВОЕ)") % said)
        else:
            words = N_("%(state)s -> %(target)s: дел %(held)s, срок считается заново у %(counted)s")
            _say(words % said)
    _say(N_("Всего открытых дел: %(total)s.") % {"total": planned.total})


def _pair(said: str) -> tuple[str, str]:
    old, equals, new = said.partition("=")
    if not (old and equals and new):
        raise InvalidError(N_("Пишите --map СТАРОЕ=НОВОЕ, а не «%(said)s»."), code="map", said=said)
    return old, new


@contextmanager
def _opened(environ: Mapping[str, str]) -> Iterator[Registry]:
    load_names()
    registry = Registry.open(load_settings(environ))
    try:
        yield registry
    finally:
        registry.engine.dispose()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
