"""The trail's own keys: one signs checkpoints, one signs receipts; kept in a file outside the database."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from registry.errors import N_, SettingsError
from registry.storage.small_files import write_new, write_over
from registry.trail.note import KEY_BYTES, Signer, Verifier

FILE = "trail.json"
PUBLISHED = "published.json"
FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class TrailKeys:
    """What signs in the name of the log.

    Attributes:
        origin: name of the log with its epoch, ``host/log/epoch``; in every leaf and checkpoint.
        epoch: number of the log's present epoch, from 1.
        checkpoint: signs checkpoints, under the origin's name.
        receipt: signs receipts, under ``origin/receipts``.
        published: file beside the keys' folder that remembers the last published checkpoint.
        name: of the log without the epoch, ``host/log``.
        seeds: private keys of checkpoints and of receipts, the same in all epochs under other names.
    """

    origin: str
    epoch: int
    checkpoint: Signer
    receipt: Signer
    published: Path
    name: str
    seeds: tuple[bytes, bytes] = field(repr=False)

    @classmethod
    def create(cls, folder: Path, origin: str) -> "TrailKeys":
        """Make the keys of a new log in `folder`; refuses to replace some.

        Args:
            folder: the installation's key folder.
            origin: name of the log without the epoch, ``host/log``.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = {
            "origin": origin,
            "epoch": FIRST_EPOCH,
            "checkpoint": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
            "receipt": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        }
        write_new(folder / FILE, json.dumps(said))
        return cls.load(folder, origin)

    @classmethod
    def load(cls, folder: Path, origin: str) -> "TrailKeys":
        """Read the keys of an installation.

        Raises:
            SettingsError: there are none, the file is damaged, or it is of another log.
        """
        path = folder / FILE
        try:
            said = json.loads(path.read_text())
            made, epoch = str(said["origin"]), int(said["epoch"])
            seeds = (_seed(said["checkpoint"]), _seed(said["receipt"]))
            keys = cls._of(made, epoch, seeds, folder.parent / PUBLISHED)
        except FileNotFoundError:
            raise SettingsError(
                N_("Ключи журнала не найдены: %(path)s. Восстановите их из резервной копии."), path=path
            ) from None
        except (ValueError, KeyError, TypeError):
            raise SettingsError(
                N_("Ключи журнала повреждены: %(path)s. Восстановите их из резервной копии."), path=path
            ) from None
        if made != origin:
            raise SettingsError(
                N_("REGISTRY_TRAIL_ORIGIN: журнал называется «%(made)s», а не «%(origin)s»; верните имя."),
                made=made,
                origin=origin,
            )
        return keys

    @classmethod
    def _of(cls, name: str, epoch: int, seeds: tuple[bytes, bytes], published: Path) -> "TrailKeys":
        full = f"{name}/{epoch}"
        signers = Signer(full, seeds[0]), Signer(f"{full}/receipts", seeds[1])
        return cls(full, epoch, *signers, published, name, seeds)

    def of_epoch(self, epoch: int) -> "TrailKeys":
        """Give the same keys under the name of another epoch."""
        return self._of(self.name, epoch, self.seeds, self.published)

    def of_log(self, origin: str) -> "TrailKeys":
        """Give the keys of the epoch that a leaf names as its log."""
        return self.of_epoch(int(origin.rpartition("/")[2]))

    @property
    def verifiers(self) -> tuple[Verifier, Verifier]:
        """Public keys of checkpoints and of receipts; print them for auditors."""
        return self.checkpoint.verifier, self.receipt.verifier

    @property
    def installation(self) -> str:
        """A short name of the installation: no two have the same key of checkpoints."""
        return self.checkpoint.verifier.key_id.hex()


def move_to_epoch(folder: Path, epoch: int) -> None:
    """Write into the key file that another epoch has begun; a crash leaves the old file or the new one."""
    path = folder / FILE
    write_over(path, json.dumps({**json.loads(path.read_text()), "epoch": epoch}))


def _seed(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
