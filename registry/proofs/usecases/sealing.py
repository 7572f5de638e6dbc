"""Sealing the document of an act: drawn, sealed, stamped where an authority answers, then written down.

Whatever takes long (drawing, sealing, asking for a stamp) is done between two short transactions; the last
one looks whether another was quicker, and whether there is still anything that may be shown.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from registry.config import Settings
from registry.documents.pades.authorities import Authority
from registry.documents.pades.keys import load_keys, read_certificates
from registry.documents.pades.seen import Level
from registry.documents.sealed_acts import sealed_act_pdf
from registry.errors import N_, GoneError, UnavailableError
from registry.proofs import facts
from registry.proofs.models.sealed import Sealed, Stamp, add_sealed, newest_of
from registry.proofs.models.unsealed import may_show
from registry.proofs.usecases.describing import Described, code_of, describe
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work

LOCK: Final = "sealed-documents"
"""Held, by act, by whoever writes its document down or destroys it."""


class Press:
    """What seals: the key, and the authority that is asked for time stamps, if any.

    An authority that did not answer is not asked again by the same press: whoever waits is not kept waiting
    for each document.
    """

    def __init__(self, settings: Settings) -> None:
        from registry.documents.pades import sealing, stamps  # noqa: PLC0415 - half a second, and few seal

        self.authority = authority_of(settings)
        self._stamp = stamps.stamp
        self._sealer = sealing.Sealer(load_keys(settings.keys), to_be_stamped=self.authority is not None)
        self._answers = True

    @property
    def certificate(self) -> str:
        """Fingerprint of the certificate that is sealed under."""
        return self._sealer.fingerprint

    def press(self, described: Described, at: datetime) -> "Pressed":
        """Draw and seal a document; stamp it too, where the authority answers."""
        drawn = sealed_act_pdf(described.content, language=described.language)
        sealed = self._sealer.seal(drawn, at)
        if self.authority is None:
            return Pressed(sealed, Level.B_B, Stamp.NONE, None)
        if self._answers:
            try:
                stamped = self._stamp(sealed, self.authority, at)
            except UnavailableError:
                self._answers = False
            else:
                return Pressed(stamped.data, Level.B_T, Stamp.THERE, stamped.at)
        return Pressed(sealed, Level.B_B, Stamp.PENDING, None)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A sealed file, how far its seal reaches, and the time that an authority vouches for."""

    data: bytes
    level: Level
    stamp: Stamp
    stamped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The act whose document is wanted, and whose act it is."""

    school_id: UUID
    act_id: UUID
    signer_id: UUID


def authority_of(settings: Settings) -> Authority | None:
    """Give the time stamp authority of the settings; none where none is named.

    Raises:
        SettingsError: its certificates are missing or damaged.
    """
    if not settings.tsa_url:
        return None
    return Authority(settings.tsa_url, read_certificates(settings.tsa_cert))


def seal_act(registry: Registry, press: Press, wanted: Wanted) -> Sealed:
    """Seal the document of an act, unless it is sealed already; give what stands then.

    Raises:
        ConflictError: `not-published`: no published checkpoint covers the act yet.
        GoneError, NotFoundError: what it would say was destroyed, or there is no such act.
    """
    with registry.reading(SYSTEM) as work:
        found = newest_of(work.connection, wanted.school_id, wanted.act_id)
        if found is not None:
            return found
        described = describe(work, registry.trail, wanted.school_id, wanted.act_id, wanted.signer_id)
        at = work.now
    pressed = press.press(described, at)
    with registry.work(SYSTEM) as work:
        hold(work.connection, LOCK, wanted.act_id)
        quicker = newest_of(work.connection, wanted.school_id, wanted.act_id)
        if quicker is not None:
            return quicker
        if not may_show(work.connection, UUID(described.content.evidence.event), wanted.signer_id):
            raise GoneError(N_("Обстоятельства этого решения уничтожены: документа о нём больше не будет."))
        sealed = _first_version(work, wanted, pressed, press.certificate)
        keep(work, wanted.signer_id, sealed, pressed.data)
    return sealed


def keep(work: Work, signer_id: UUID, sealed: Sealed, data: bytes) -> None:
    """Write a version down: its file, its row, its entry in the trail."""
    sealed_file = sealed.sealed_file
    if sealed_file is not None:
        work.files.put(sealed_file, data)
    reach("proof.file-before-row")
    add_sealed(work.connection, sealed)
    reach("proof.row-before-entry")
    work.record(facts.sealed_entry(sealed, signer_id))


def _first_version(work: Work, wanted: Wanted, pressed: Pressed, certificate: str) -> Sealed:
    return Sealed(
        school_id=wanted.school_id,
        act_id=wanted.act_id,
        version=1,
        sha256=hashlib.sha256(pressed.data).hexdigest(),
        code_hash=code_hash(code_of(work.vault, wanted.act_id)),
        sealed_file=work.new_id(),
        level=pressed.level,
        stamp=pressed.stamp,
        stamped_at=pressed.stamped_at,
        certificate=certificate,
        made_at=work.now,
    )


def code_hash(code: UUID) -> bytes:
    """Give the hash under which a code is kept: the table does not tell the codes."""
    return hashlib.sha256(code.bytes).digest()
