"""`erasure`: the destruction of a person's data by two people, each with login and password."""

import argparse
import os
import sys
from collections.abc import Callable, Collection, Mapping
from getpass import getpass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from registry.access.models import roles, tries, users
from registry.access.passwords import Passwords
from registry.access.rules import Right
from registry.access.usecases import sessions
from registry.config import Settings, load_settings
from registry.errors import N_, ForbiddenError, InvalidError
from registry.rights import erased_list, usecases
from registry.rights.scrubbing import scrub
from registry.storage.reach import EVERYTHING
from registry.trail.entries import SYSTEM, Actor, Entry, EntryType, ObjectRef
from registry.work import Registry, Work

TERMINAL: Final = "terminal"
"""Stands for the address from which a password was tried."""


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
        command.add_argument("--login", required=True, help="who acts; the password is asked for")
        command.add_argument("--password-file", type=Path, help="file with the password instead")
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
    """Let somebody act who gives his password just now; tries are counted as at the door."""
    registry = Registry.open(settings)
    try:
        login, password = said.login.strip().lower(), _password(said.password_file)
        with registry.work(SYSTEM) as work:
            sessions.take_try(work, login, TERMINAL)
            account = users.find_account(work.connection, login)
        fits = Passwords(settings).fits(account.password_hash if account else None, password)
        if account is None or not fits:
            raise ForbiddenError(N_("Логин или пароль не подходит."))
        with registry.reading(SYSTEM) as reading:
            rights = roles.rights_of(reading.connection, account.id, reading.today)
        role = rights[0].role.value if rights else "staff"
        with registry.work(Actor("staff", account.id, role, "password"), sees=EVERYTHING) as work:
            tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
            of = ObjectRef("user", account.id, account.version)
            work.record(Entry(EntryType.USER_STEPPED_UP, of, None, None))
            told = act(work, rights)
        _say(told)
    finally:
        registry.engine.dispose()
    return 0


def _write_list(registry: Registry, more: Collection[UUID]) -> None:
    with registry.reading(SYSTEM) as work:
        people = usecases.erased_people(work)
    erased_list.write(registry.settings.home, list(dict.fromkeys([*people, *more])))


def _password(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text("utf-8").strip()
        except OSError as error:
            raise InvalidError(N_("Файл с паролем не читается: %(file)s."), file=file) from error
    if not os.isatty(sys.stdin.fileno()):
        raise InvalidError(N_("Пароль не задан: укажите --password-file."))
    return getpass(N_("Пароль: "))


def _tell_scrubbed(settings: Settings) -> None:
    if not scrub(settings):
        _say(
            N_(
                "Сервер PostgreSQL не дал начать новый журнал WAL: прежние имена остаются в нём до следующих"
                " контрольных точек."
            )
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
