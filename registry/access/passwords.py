"""Passwords: argon2id hashes, and a check that takes the same time whether or not the account exists."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from registry.config import Settings
from registry.errors import N_, InvalidError

SHORTEST = 8
LONGEST = 200


class Passwords:
    """Makes and checks password hashes with the installation's parameters."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        # Nobody has this password: it stands in for an account that does not exist.
        self._nobody = self._hasher.hash("nobody")

    def hash(self, password: str) -> str:
        """Make the hash to store.

        Raises:
            InvalidError: the password is too short or too long.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidError(
                N_("Пароль должен быть не короче %(least)s и не длиннее %(most)s знаков."),
                code="password-length",
                least=SHORTEST,
                most=LONGEST,
            )
        return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Check a password; with no hash, or an empty one, it takes the same time and never fits."""
        try:
            self._hasher.verify(password_hash or self._nobody, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash)
