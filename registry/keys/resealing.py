"""All values and files under older master keys are sealed anew, pass after pass, while others serve."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Row

from registry.errors import N_, ConflictError, NotFoundError, TamperedError
from registry.storage.failpoints import reach
from registry.storage.resealing import Key, Renewed, Sealed, every_sealed
from registry.trail.entries import Actor
from registry.work import Registry

OPERATOR: Final = Actor("system", None, "machine", "command")
PASSES: Final = 5
"""More are of no use: what comes under an old key then comes from a process that sees no new one."""
FILES: Final = "files"
Tell: TypeAlias = Callable[[str, int, int], None]
"""Told how far a column or the files are: its name, how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a rotation did: the version, how many values and files it sealed anew, and what does not open."""

    version: int
    values: int
    files: int
    damaged: Mapping[str, int]


@dataclass(slots=True)
class _Pass:
    """One way through everything; counts what does not open by its place."""

    registry: Registry
    version: int
    tell: Tell
    damaged: dict[str, int] = field(default_factory=dict)

    def go(self) -> tuple[int, int]:
        """Give how many values and how many files were sealed anew."""
        return sum(self._column(one) for one in every_sealed()), self._files()

    def _column(self, sealed: Sealed) -> int:
        with self.registry.reading(OPERATOR) as work:
            total = sealed.count(work.connection, self.version)
        done, after = 0, None
        while rows := self._stale(sealed, after, total):
            after = sealed.key_of(rows[-1])
            renewed = [made for row in rows if (made := self._renewed(sealed, row))]
            with self.registry.work(OPERATOR) as work:
                sealed.write(work.connection, renewed)
            reach("data-key.batch-written")
            done += len(renewed)
            self.tell(sealed.name, done, max(done, total))
        return done

    def _stale(self, sealed: Sealed, after: Key | None, total: int) -> list[Row[Any]]:
        if not total:
            return []
        with self.registry.reading(OPERATOR) as work:
            return sealed.stale(work.connection, self.version, after)

    def _renewed(self, sealed: Sealed, row: Row[Any]) -> Renewed | None:
        try:
            return sealed.renew(self.registry.vault, row)
        except TamperedError:
            self._note_damaged(sealed.name)
            return None

    def _files(self) -> int:
        stale = [file_id for file_id, found in self.registry.files.versions() if found != self.version]
        done = 0
        for number, file_id in enumerate(stale, 1):
            try:
                self.registry.files.reseal(file_id)
                done += 1
            except NotFoundError:
                pass  # destroyed meanwhile
            except TamperedError:
                self._note_damaged(FILES)
            self.tell(FILES, number, len(stale))
        return done

    def _note_damaged(self, place: str) -> None:
        self.damaged[place] = self.damaged.get(place, 0) + 1


def reseal_everything(registry: Registry, version: int, tell: Tell, settle_s: float) -> Resealed:
    """Go through everything until a whole pass after the first finds nothing to renew.

    Raises:
        ConflictError: some process goes on sealing with an older key.
    """
    values = files = 0
    for number in range(PASSES):
        one = _Pass(registry, version, tell)
        found, sealed = one.go()
        values, files = values + found, files + sealed
        if number and not found + sealed:
            return Resealed(version, values, files, one.damaged)
        time.sleep(settle_s)
    raise ConflictError(
        N_(
            "Какой-то процесс шифрует старым ключом: обновите ring.json на всех машинах или перезапустите их"
            " serve и work, затем повторите."
        )
    )
