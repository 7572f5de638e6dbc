"""The first administrator of an installation, named from a terminal: nobody else could let him in."""

import argparse
import sys
from collections.abc import Mapping

from registry.access.models.roles import Term, any_standing
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser
from registry.config import load_settings
from registry.errors import N_, ConflictError
from registry.staff.usecases import take_in
from registry.trail.entries import Actor
from registry.work import Registry

MACHINE = Actor("system", None, "machine", "command")
"""Whoever may start commands here holds the keys of the installation anyhow."""
ADMINISTRATOR = Right(Role.ADMINISTRATOR, Scope.INSTALLATION)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `users add-administrator`."""
    verbs = commands.add_parser("users", help="accounts of staff").add_subparsers(
        required=True, metavar="VERB"
    )
    add = verbs.add_parser("add-administrator", help="the first administrator; prints a one-time link")
    add.add_argument("--login", required=True)
    add.add_argument("--name", required=True, help="as colleagues know him")
    add.add_argument("--email", default="", help="gets the link as well, and letters about the account")
    add.set_defaults(command=_add_administrator)


def _add_administrator(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    try:
        link = add_administrator(registry, NewUser(said.login, said.name, email=said.email))
    finally:
        registry.engine.dispose()
    words = N_("Откройте эту ссылку и придумайте пароль. Она действует три дня и один раз:")
    sys.stdout.write(f"{words}\n{link}\n")
    return 0


def add_administrator(registry: Registry, wanted: NewUser) -> str:
    """Make the account of the first administrator; give the link by which he sets his password.

    Raises:
        ConflictError: there is an administrator already: he adds others on the page of staff.
    """
    with registry.work(MACHINE) as work:
        if any_standing(work.connection, ADMINISTRATOR, work.today):
            raise ConflictError(
                N_("Администратор уже есть: остальных добавляет он на странице «Сотрудники»."),
                code="administrator-exists",
            )
        return take_in(work, wanted, ADMINISTRATOR, Term(work.today))[1]
