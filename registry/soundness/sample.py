"""The sample region in a database that is to be real: its accounts have a password that everybody knows."""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect

from registry.access.models.users import find_account
from registry.access.passwords import Passwords
from registry.config import Settings
from registry.errors import N_
from registry.sandbox.sample.region import PASSWORD, logins
from registry.soundness.faults import Fault


def sample_faults(connection: Connection, settings: Settings) -> Iterator[Fault]:
    """Look for accounts of the sample region whose password is still the printed one."""
    if not inspect(connection).has_table("users"):
        return
    passwords = Passwords(settings)
    for one in logins():
        account = find_account(connection, one.login)
        if account is not None and passwords.fits(account.password_hash, PASSWORD):
            yield Fault(
                one.login,
                N_(
                    "В базе есть учебная учётная запись с общеизвестным паролем: эта база заведена для"
                    " пробы. Начните настоящую с пустой базы."
                ),
            )
