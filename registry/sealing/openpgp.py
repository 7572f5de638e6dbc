"""The sealer over GnuPG: every call is one gpg run, and every answer is decided here, not by the library."""

import logging
import os
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import BinaryIO, Self

from registry.errors import N_, SettingsError, TamperedError, UnavailableError
from registry.sealing.gnupg_home import Lines, join, leave, prepare, read_passphrase, run_in
from registry.sealing.packets import demand_one_message
from registry.sealing.public_keys import verify_against
from registry.sealing.sealer import Expected, Parties, Signed
from registry.sealing.status import demand_own_key_worked, judge_opened

log = logging.getLogger(__name__)

_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:-]{4,99}")
_STRONG = ["--digest-algo", "SHA512", "--cipher-algo", "AES256"]
_SECRET_KEYS_READ = 9
"""Place of the count of secret keys in gpg's IMPORT_RES line."""


class OpenPgpSealer:
    """Keys of one purpose in one private folder, used through GnuPG 2.2 or newer.

    Safe for threads and for several processes on one folder. Calls cost one process each.
    """

    def __init__(self, home: Path, passphrase_file: Path) -> None:
        self._kept = home.resolve()
        self._home = prepare(self._kept)
        self._users = join(self._kept)
        self._passphrase_file = passphrase_file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def create_key(self, owner: str, valid_for: timedelta = timedelta(days=1095)) -> str:
        """Make an ed25519 signing key with a cv25519 encryption subkey; give its fingerprint."""
        if not _OWNER.fullmatch(owner):
            raise SettingsError(N_("Имя владельца ключа: от 5 до 100 латинских букв, цифр, точек и дефисов."))
        order = (
            "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign\n"
            "Subkey-Type: ECDH\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt\n"
            f"Name-Real: {owner}\nExpire-Date: seconds={int(valid_for.total_seconds())}\n"
            f"Passphrase: {self._passphrase()}\n%commit\n"
        )
        # The new key signs itself, and an agent without a cache asks for the passphrase again then.
        again = f"--passphrase-file={self._passphrase_file.resolve()}"
        made: Lines = run_in(self._home, [], "--pinentry-mode=loopback", again).gen_key(order)
        fingerprint = made.word("KEY_CREATED", 1)
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise _tool_failed("create_key")
        return fingerprint

    def export_public(self, fingerprint: str) -> bytes:
        """The public half of an own key, ASCII-armored, without anybody's certifications."""
        exported: str = run_in(self._home, []).export_keys(_full(fingerprint), minimal=True)
        if not exported:
            raise SettingsError(N_("Ключа %(key)s здесь нет."), key=fingerprint)
        return exported.encode("ascii")

    def pin(self, public_key: bytes, fingerprint: str) -> None:
        """Remember a partner's public key; what was pinned before is merged, so a revocation stays."""
        kept = self._pinned(_full(fingerprint))
        with TemporaryDirectory(prefix="pin-") as folder:
            gpg = run_in(Path(folder), [], "--no-autostart")
            read: Lines = gpg.import_keys(public_key)
            found = {line.words[1] for line in read.lines if line.keyword == "IMPORT_OK"}
            if found != {fingerprint} or read.word("IMPORT_RES", _SECRET_KEYS_READ) != "0":
                raise TamperedError(
                    N_("Открытый ключ не принят: его отпечаток не тот, который ожидался."), code="key-foreign"
                )
            if kept.exists():
                gpg.import_keys(kept.read_bytes())
            _replace(kept, gpg.export_keys(fingerprint, armor=False, minimal=True))

    def seal(self, source: BinaryIO, target: Path, parties: Parties) -> None:
        """Sign and encrypt without compression: a message is a packed archive already."""
        gpg = run_in(self._home, self._rings(parties.recipient))
        with NamedTemporaryFile(dir=target.parent, prefix=".seal-", delete=False) as part:
            pass
        options = ["--sign", "--local-user", _full(parties.signer), "--compress-algo", "none", *_STRONG]
        try:
            run: Lines = gpg.encrypt_file(
                source,
                parties.recipient,
                armor=False,
                output=part.name,
                passphrase=self._passphrase(),
                extra_args=options,
            )
            self._demand_signed(run, parties.signer, "END_ENCRYPTION")
            Path(part.name).replace(target)
        except OSError as error:
            raise _tool_failed("seal") from error
        finally:
            Path(part.name).unlink(missing_ok=True)

    def open_sealed(self, source: Path, target: BinaryIO, expected: Expected) -> Signed:
        """Decrypt with an own key and demand the expected signature; `target` must be seekable."""
        with source.open("rb") as sealed:
            demand_one_message(sealed)
        gpg = run_in(self._home, self._rings(*expected.fingerprints))
        gpg.on_data = lambda data: target.write(data) < 0
        try:
            run: Lines = gpg.decrypt_file(str(source), passphrase=self._passphrase())
            demand_own_key_worked(run.lines)
            return judge_opened(run.lines, expected)
        except BaseException:
            target.seek(0)
            target.truncate()
            raise

    def sign_detached(self, data: bytes, signer: str) -> bytes:
        """An ASCII-armored detached signature over `data`."""
        gpg = run_in(self._home, [])
        options = ["--local-user", _full(signer), *_STRONG]
        try:
            run: Lines = gpg.sign_file(
                BytesIO(data), passphrase=self._passphrase(), detach=True, clearsign=False, extra_args=options
            )
        except OSError as error:
            raise _tool_failed("sign") from error
        self._demand_signed(run, signer, "SIG_CREATED")
        return run.data

    def verify_detached(self, data: bytes, signature: bytes, expected: Expected) -> Signed:
        """Check in a home of its own that holds the expected keys and nothing else."""
        keys = b"".join(self._public(one) for one in expected.fingerprints)
        return verify_against(keys, data, signature, expected)

    def find_own(self, owner: str) -> str | None:
        """Find the key that was made for `owner`; who died before noting its fingerprint finds it so.

        The folder's own ring holds own keys alone, each written after its secret half. It is read without the
        agent: a list of secret keys is empty, and no error, when the agent ends meanwhile.

        Raises:
            UnavailableError: gpg did not read to the end; a key must not count as missing then.
        """
        listed = run_in(self._home, []).list_keys()
        if listed.returncode != 0:
            raise _tool_failed("find_own")
        return next((str(one["fingerprint"]) for one in listed if one["uids"] == [owner]), None)

    def public_half(self, fingerprint: str) -> bytes:
        """The public half of a key that is known here, a partner's or an own one, ASCII-armored."""
        ring = self._pinned(_full(fingerprint))
        if not ring.exists():
            return self.export_public(fingerprint)
        with TemporaryDirectory(prefix="pin-") as folder:
            gpg = run_in(Path(folder), [], "--no-autostart")
            gpg.import_keys(ring.read_bytes())
            return str(gpg.export_keys(fingerprint, minimal=True)).encode("ascii")

    def revocation_of(self, fingerprint: str) -> bytes:
        """The revocation certificate that was made together with an own key."""
        kept = self._kept / "openpgp-revocs.d" / f"{_full(fingerprint)}.rev"
        try:
            # A colon keeps people from importing it by mistake; who reads it here means it.
            return kept.read_bytes().replace(b":-----BEGIN", b"-----BEGIN")
        except OSError as error:
            raise SettingsError(N_("Сертификата отзыва ключа %(key)s здесь нет."), key=fingerprint) from error

    def take_revocation(self, revoked_key: bytes) -> None:
        """Merge the revocation of an own key in, so that gpg itself signs nothing with it any more."""
        run_in(self._home, []).import_keys(revoked_key)

    def close(self) -> None:
        """End the agent of this folder, unless others still work with it; the last of them ends it then."""
        if not self._users.closed:
            leave(self._home, self._users)

    def _passphrase(self) -> str:
        return read_passphrase(self._passphrase_file)

    def _pinned(self, fingerprint: str) -> Path:
        return self._kept / "pinned" / f"{fingerprint}.gpg"

    def _rings(self, *partners: str) -> list[Path]:
        """The keyrings of one call: own keys, and these partners' keys where they are not own ones."""
        pinned = [self._pinned(_full(one)) for one in partners]
        for one, ring in zip(partners, pinned, strict=True):
            if not ring.exists():
                self._own(one)
        return [self._kept / "pubring.kbx", *(ring for ring in pinned if ring.exists())]

    def _public(self, fingerprint: str) -> bytes:
        ring = self._pinned(_full(fingerprint))
        return ring.read_bytes() if ring.exists() else self._own(fingerprint)

    def _own(self, fingerprint: str) -> bytes:
        exported: bytes = run_in(self._home, []).export_keys(_full(fingerprint), armor=False, minimal=True)
        if not exported:
            raise SettingsError(
                N_("Ключ %(key)s не закреплён: закрепите открытый ключ получателя или отправителя."),
                key=fingerprint,
            )
        return exported

    def _demand_signed(self, run: Lines, signer: str, finished: str) -> None:
        """Refuse a run that ended early or signed with a key other than the one asked for."""
        if run.word("SIG_CREATED", 5) != signer or not any(line.keyword == finished for line in run.lines):
            raise _tool_failed("sign")


def _full(fingerprint: str) -> str:
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise SettingsError(N_("Отпечаток ключа: нужны все 40 знаков 0-9 и A-F."))
    return fingerprint


def _replace(kept: Path, data: bytes) -> None:
    """Swap a file's content in one step, so that a reader sees the old key or the new one."""
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(data)
    part.chmod(0o600)
    part.replace(kept)


def _tool_failed(what: str) -> UnavailableError:
    log.warning("sealing.failed", extra={"call": what})
    return UnavailableError(
        N_("Подписать не удалось: проверьте ключ и файл с паролем. Попытку можно повторить.")
    )
