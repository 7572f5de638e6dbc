"""The second factor of staff: set up, asked for, dropped; and the codes for who lost his phone."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.access.demands import BY_RECOVERY, BY_TOTP
from registry.access.models import factors, sessions, tries
from registry.access.models.users import Account
from registry.access.totp import DIGITS, step_of
from registry.access.usecases.telling import Step, tell_holder
from registry.errors import N_, InvalidError, TooManyError
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

SECRET: Final = "users.totp_secret"  # noqa: S105 - the name of a column
RECOVERY_CODES: Final = 10
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody takes for others."""
CODE_SIGNS: Final = 16
GROUP: Final = 4
WINDOW: Final = timedelta(minutes=15)
TRIES: Final = (
    # What is counted, how often it may happen, within what time, whether a success opens the count again.
    ("code", 5, WINDOW, True),
    ("code.day", 50, timedelta(days=1), False),
)
TRIES_OF_ADDRESS: Final = 100
CODE_WRONG: Final = N_(
    "Код не подходит. Дождитесь следующего кода в приложении или возьмите код восстановления."
)


def take_code_try(work: Work, user_id: UUID, address: str) -> None:
    """Count one try of a code, before it is looked at; commit it whatever comes of the try.

    Raises:
        TooManyError: no try is left for now, of the account or of the address.
    """
    counted = [(kind, str(user_id), limit, window) for kind, limit, window, _ in TRIES]
    counted.append(("code.address", address, TRIES_OF_ADDRESS, WINDOW))
    for kind, value, limit, window in counted:
        key = work.vault.blind_index(f"try.{kind}", value)
        if not tries.spend_try(work.connection, key, limit, (work.now, work.now - window)):
            raise TooManyError(
                N_("Слишком много попыток ввести код. Подождите %(minutes)s мин. и попробуйте снова."),
                code="too-many-codes",
                minutes=int(window.total_seconds() // 60),
            )


def prove(work: Work, account: Account, typed: str) -> str:
    """Take a code of the application or a recovery code; either works once. Give how he proved himself.

    Args:
        work: whose try was counted before.
        account: whose code it is; a first factor was proved already.
        typed: as typed; blanks and hyphens do not matter.

    Raises:
        InvalidError: it does not fit, or was used before.
    """
    said = "".join(sign for sign in typed if sign.isalnum()).upper()
    if _is_present_code(work, account.id, said):
        proved = BY_TOTP
    elif factors.spend_code(work.connection, account.id, _code_hash(work, account.id, said), work.now):
        proved = BY_RECOVERY
        _record(work, EntryType.USER_RECOVERED, account)
        tell_holder(work, account.id, Step.RECOVERED)
    else:
        raise InvalidError(CODE_WRONG, code="code-wrong")
    for kind, _, _, opens in TRIES:
        if opens:
            tries.forget_tries(work.connection, work.vault.blind_index(f"try.{kind}", str(account.id)))
    return proved


def _is_present_code(work: Work, user_id: UUID, said: str) -> bool:
    sealed = factors.sealed_secret(work.connection, user_id)
    if sealed is None or len(said) != DIGITS:
        return False
    secret = work.vault.open_shared(SECRET, user_id, sealed).decode()
    step = step_of(secret, said, work.now)
    return step is not None and factors.spend_step(work.connection, user_id, step)


def set_up(work: Work, account: Account, secret: str, typed: str) -> list[str]:
    """Set up a second factor that a code of it proves; other sessions end. Give the recovery codes, once.

    Raises:
        InvalidError: the code is not one of this secret.
    """
    said = "".join(sign for sign in typed if sign.isalnum())
    step = step_of(secret, said, work.now)
    if step is None:
        raise InvalidError(
            N_("Код не подходит. Проверьте, что часы телефона верны, и введите новый код."), code="code-wrong"
        )
    sealed = work.vault.seal_shared(SECRET, account.id, secret)
    factors.set_secret(work.connection, account.id, sealed, step, work.now)
    _record(work, EntryType.USER_FACTOR_ADDED, account)
    tell_holder(work, account.id, Step.FACTOR_ADDED)
    return _new_codes(work, account)


def renew_codes(work: Work, account: Account) -> list[str]:
    """Make a new set of recovery codes; those of the old one work no more. They are shown once."""
    tell_holder(work, account.id, Step.CODES_MADE)
    return _new_codes(work, account)


def _new_codes(work: Work, account: Account) -> list[str]:
    made = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS)) for _ in range(RECOVERY_CODES)]
    hashes = [_code_hash(work, account.id, one) for one in made]
    factors.replace_codes(work.connection, account.id, hashes, work.now)
    _record(work, EntryType.USER_CODES_MADE, account)
    return ["-".join(one[at : at + GROUP] for at in range(0, CODE_SIGNS, GROUP)) for one in made]


def _code_hash(work: Work, user_id: UUID, code: str) -> bytes:
    """Hash a recovery code under a key outside the database: who steals the table cannot try codes."""
    return work.vault.blind_index("user.recovery", f"{user_id}|{code}")


def drop(work: Work, account: Account) -> None:
    """Take away somebody's second factor with its codes, because he lost both; all his sessions end."""
    factors.set_secret(work.connection, account.id, None, None, None)
    factors.replace_codes(work.connection, account.id, (), work.now)
    sessions.end_others(work.connection, account.id, None, work.now)
    _record(work, EntryType.USER_FACTOR_DROPPED, account)
    tell_holder(work, account.id, Step.FACTOR_DROPPED)


def _record(work: Work, kind: EntryType, account: Account) -> None:
    what = ObjectRef("user", account.id, account.version)
    work.record(Entry(kind, what, state=None, tenant=work.actor.school))
