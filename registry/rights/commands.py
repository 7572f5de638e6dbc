"""`erasure`: the destruction of a person's data by two people, each of whom proves who he is."""

import argparse
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from registry.access.rules import Right
from registry.config import Settings, load_settings
from registry.errors import N_
from registry.rights import erased_list, usecases
from registry.rights.scrubbing import scrub
from registry.rights.terminal import Proofs, act_as, add_proofs
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `erasure ask|approve|replay|scrub`."""
    verbs = commands.add_parser("erasure", help="destroy a person's data").add_subparsers(
        required=True, metavar="VERB"
    )
    ask = verbs.add_parser("ask", help="ask for it; prints the id that another person approves")
    ask.add_argument("person", type=UUID, help="id of the person, as in the address of the card")
    ask.add_argument("--why", required=True, help="one line, kept in the trail; no personal data")
    ask.add_argument("--ordered", default="", help="document that demands it before the end of a term")
    ask.set_defaults(command=_ask)
    approve = verbs.add_parser("approve", help="approve what another asked for: it is done at once")
    approve.add_argument("erasure", type=UUID)
    approve.set_defaults(command=_approve)
    for command in (ask, approve):
        add_proofs(command)
    replay = verbs.add_parser("replay", help="after a restore: destroy again what the copy brought back")
    replay.add_argument("file", type=Path, help="erased.json of the home before")
    replay.set_defaults(command=_replay)
    verbs.add_parser("scrub", help="write the database's files anew without remains").set_defaults(
        command=_scrub
    )


def replay(registry: Registry, file: Path) -> int:
    """Destroy again whoever stands in a list; give how many were still there."""
    people = erased_list.read(file)
    done = 0
    for person_id in people:
        with registry.work(SYSTEM) as work:
            done += usecases.repeat(work, person_id)
    _write_list(registry, people)
    return done


def _ask(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    def act(work: Work, rights: Collection[Right]) -> str:
        erasure = usecases.ask(work, rights, said.person, (said.why, said.ordered))
        return N_("Запрошено. Подтверждает другой человек: erasure approve %(id)s") % {"id": erasure.id}

    return _as_user(said, load_settings(environ), act)


def _approve(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    def act(work: Work, rights: Collection[Right]) -> str:
        usecases.approve(work, rights, said.erasure)
        return N_("Данные уничтожены.")

    settings = load_settings(environ)
    status = _as_user(said, settings, act)
    registry = Registry.open(settings)
    _write_list(registry, [])
    registry.engine.dispose()
    _tell_scrubbed(settings)
    return status


def _replay(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings(environ)
    registry = Registry.open(settings)
    done = replay(registry, said.file)
    registry.engine.dispose()
    _say(N_("Уничтожено повторно: %(count)s.") % {"count": done})
    if done:
        _tell_scrubbed(settings)
    return 0


def _scrub(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    _tell_scrubbed(load_settings(environ))
    return 0


def _as_user(
    said: argparse.Namespace, settings: Settings, act: Callable[[Work, Collection[Right]], str]
) -> int:
    registry = Registry.open(settings)
    try:
        _say(act_as(registry, Proofs(said.login, said.password_file, said.code_file), act))
    finally:
        registry.engine.dispose()
    return 0


def _write_list(registry: Registry, more: Collection[UUID]) -> None:
    with registry.reading(SYSTEM) as work:
        people = usecases.erased_people(work)
    erased_list.write(registry.settings.home, list(dict.fromkeys([*people, *more])))


def _tell_scrubbed(settings: Settings) -> None:
    if not scrub(settings):
        _say(
            N_(
                "PostgreSQL не переписал начисто все файлы: роли REGISTRY_MIGRATION_URL не хватает прав, или"
                " таблицы не её. Прежние имена пока стоят в файлах базы. Дайте права, затем: erasure scrub."
            )
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
