"""Somebody of the staff acts at a terminal: by password, and by a code where he has a second factor."""

import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from getpass import getpass
from pathlib import Path
from typing import Any, Final

from registry.access.demands import BY_PASSWORD, is_demanded
from registry.access.models import roles, tries, users
from registry.access.models.users import Account
from registry.access.passwords import Passwords
from registry.access.rules import Right
from registry.access.usecases import factors, sessions
from registry.errors import N_, ForbiddenError, InvalidError
from registry.storage.reach import EVERYTHING
from registry.trail.entries import SYSTEM, Actor, Entry, EntryType, ObjectRef
from registry.work import Registry, Work

TERMINAL: Final = "terminal"
"""Stands for the address from which a password or a code was tried."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Who acts, and the files with his password and code; what has no file is asked for."""

    login: str
    password_file: Path | None = None
    code_file: Path | None = None


def add_proofs(command: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Let a command be told who acts."""
    command.add_argument("--login", required=True, help="who acts; password and code are asked for")
    command.add_argument("--password-file", type=Path, help="file with the password instead")
    command.add_argument("--code-file", type=Path, help="file with the code of the second factor instead")


def act_as(registry: Registry, proofs: Proofs, act: Callable[[Work, Collection[Right]], str]) -> str:
    """Let somebody act who proves just now who he is; tries are counted as at the door.

    Raises:
        ForbiddenError: login and password do not fit, or a second factor is demanded that he has not.
        InvalidError: the code does not fit.
        TooManyError: no try is left for now.
    """
    account = _by_password(registry, proofs)
    with registry.reading(SYSTEM) as reading:
        rights = roles.rights_of(reading.connection, account.id, reading.today)
    code = _code(registry, proofs, account, rights)
    actor = Actor("staff", account.id, rights[0].role.value if rights else "staff", BY_PASSWORD)
    # In a transaction of its own: a code works once, whatever comes of the act.
    with registry.work(actor, sees=EVERYTHING) as work:
        if account.totp:
            actor = work.actor = replace(actor, auth=factors.prove(work, account, code))
        tries.forget_tries(work.connection, work.vault.blind_index("try.login", account.login))
        of = ObjectRef("user", account.id, account.version)
        work.record(Entry(EntryType.USER_STEPPED_UP, of, None, None))
    with registry.work(actor, sees=EVERYTHING) as work:
        return act(work, rights)


def _by_password(registry: Registry, proofs: Proofs) -> Account:
    login = proofs.login.strip().lower()
    password = _secret(proofs.password_file, N_("Пароль: "), N_("Пароль не задан: укажите --password-file."))
    with registry.work(SYSTEM) as work:
        sessions.take_try(work, login, TERMINAL)
        account = users.find_account(work.connection, login)
    fits = Passwords(registry.settings).fits(account.password_hash if account else None, password)
    if account is None or not fits:
        raise ForbiddenError(N_("Логин или пароль не подходит."))
    return account


def _code(registry: Registry, proofs: Proofs, account: Account, rights: Collection[Right]) -> str:
    """Take a code and count the try of it; nothing where there is no second factor and none is demanded."""
    if not account.totp:
        held = frozenset(right.role for right in rights)
        if is_demanded(registry.settings.staff_totp, held):
            raise ForbiddenError(N_("Сначала подключите второй фактор: войдите на страницы реестра."))
        return ""
    code = _secret(proofs.code_file, N_("Код: "), N_("Код не задан: укажите --code-file."))
    with registry.work(SYSTEM) as work:
        factors.take_code_try(work, account.id, TERMINAL)
    return code


def _secret(file: Path | None, question: str, missing: str) -> str:
    if file is not None:
        try:
            return file.read_text("utf-8").strip()
        except OSError as error:
            raise InvalidError(N_("Файл не читается: %(file)s."), file=file) from error
    if not os.isatty(sys.stdin.fileno()):
        raise InvalidError(missing)
    return getpass(question)
