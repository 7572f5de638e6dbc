"""Looking at the seal of a file: whose it is, whether it holds over every byte, and how far it reaches."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from registry.documents.pades.keys import fingerprint_of
from registry.documents.pades.seen import NOTHING, Level, Seen
from registry.documents.pades.stamps import trust


def look(data: bytes, ours: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]) -> Seen:
    """Look at the seal of a PDF; a file that cannot be read, or has no seal of ours, gives `NOTHING`.

    Args:
        data: the file, from anybody.
        ours: every certificate that ever sealed here.
        authorities: certificates that time stamps must lead up to.
    """
    try:
        return asyncio.run(_look(data, ours, authorities))
    except Exception:  # noqa: BLE001 - a stranger's file: whatever the library stumbles over, it is no seal
        return NOTHING


async def _look(
    data: bytes, ours: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> Seen:
    seals = PdfFileReader(BytesIO(data)).embedded_signatures
    known = {one.public_bytes(Encoding.DER): one for one in ours}
    claimed = [(seal, known.get(seal.signer_cert.dump())) for seal in seals]
    for seal, certificate in claimed:
        if certificate is not None:
            found = Seen(fingerprint_of(certificate))
            # One seal over the whole file, and nothing else that calls itself a signature.
            alone = len(seals) == 1 and _fills_its_room(data, seal)
            return await _judge(seal, certificate, authorities) or found if alone else found
    return NOTHING


def _fills_its_room(data: bytes, seal: EmbeddedPdfSignature) -> bool:
    """Tell whether the seal stands in its room as it was written: the bytes there are covered by nothing."""
    _, begin, end, _ = seal.byte_range
    digits = _rewritten(seal).hex().upper()
    room = data[begin + 1 : end - 1].decode("ascii", errors="replace")
    return room == digits.ljust(len(room), "0")


def _rewritten(seal: EmbeddedPdfSignature) -> bytes:
    """Write a seal anew around its signature, which does not cover its wrapping: that has one form only."""
    certificate, signer = seal.signer_cert, seal.signer_info
    algorithm = {"algorithm": "sha256"}
    holder = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    kept = ("signed_attrs", "signature_algorithm", "signature", "unsigned_attrs")
    again = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", holder),
        "digest_algorithm": algorithm,
        **{name: signer[name] for name in kept if not isinstance(signer[name], core.Void)},
    }
    content = {
        "version": "v1",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [again],
    }
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
    return written


async def _judge(
    seal: EmbeddedPdfSignature, certificate: x509.Certificate, authorities: Sequence[x509.Certificate]
) -> Seen | None:
    """Judge one seal as of the time that stands in it; None where it does not hold."""
    moment = seal.self_reported_timestamp
    if moment is None:
        return None
    try:
        status = await async_validate_pdf_signature(
            seal, trust([certificate], moment), trust(authorities, moment)
        )
    except Exception:  # noqa: BLE001 - as above: it does not hold
        return None
    if not status.bottom_line or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return None
    at = _stamped_at(status)
    level = Level.B_B if at is None else Level.B_T
    return Seen(fingerprint_of(certificate), sound=True, level=level, sealed_at=moment, stamped_at=at)


def _stamped_at(status: PdfSignatureStatus) -> datetime | None:
    stamp = status.timestamp_validity
    return None if stamp is None else stamp.timestamp
