"""Time stamps (RFC 3161): asked of an authority, held against what was asked, put into a seal that stands.

A seal without one says only by our own clock when it was made. A stamp that does not come, or is not what was
asked for, is never made up: the seal stays what it is, and is stamped later.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Final

import httpx
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import message_imprint_checker, validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from registry.documents.pades.authorities import Authority
from registry.errors import N_, UnavailableError

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
PATIENCE: Final = httpx.Timeout(10, connect=5)
LONGEST_ANSWER: Final = 64 * 1024
APART: Final = timedelta(minutes=5)
"""How far the authority's clock may lie from ours: more is a fault of one of them, and nobody knows whose."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A file whose seal carries a time stamp, and the time that the authority vouches for."""

    data: bytes
    at: datetime


class _Asking(TimeStamper):
    """Asks over HTTP; what comes back is believed by nobody yet."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {"Content-Type": QUERY, "Accept": REPLY}
        async with (
            httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", self._address, content=req.dump(), headers=headers) as answer,
        ):
            answer.raise_for_status()
            said = b""
            async for part in answer.aiter_bytes():
                said += part
                if len(said) > LONGEST_ANSWER:
                    raise ValueError("an answer that is no time stamp")
        return tsp.TimeStampResp.load(said, strict=True)


def stamp(sealed: bytes, authority: Authority, now: datetime) -> Stamped:
    """Put a time stamp over a seal into the seal; what the seal covers stays byte by byte.

    Raises:
        UnavailableError: `stamp-failed`: the authority did not answer, refused, or gave something else.
    """
    try:
        return asyncio.run(_stamp(sealed, authority, now))
    except Exception as error:
        # Whatever the library or the authority stumbled over: there is no stamp, and it is tried again.
        raise UnavailableError(
            N_("Штамп времени не получен: документ запечатан без него, попытка повторится."),
            code="stamp-failed",
        ) from error


async def _stamp(sealed: bytes, authority: Authority, now: datetime) -> Stamped:
    seal = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    signer = seal.signer_info
    asked = sha256(signer["signature"].native).digest()
    token = await _Asking(authority.address).async_timestamp(asked, "sha256")
    at = await _hold(token, signer, authority, now)
    signer["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
    )
    info = cms.ContentInfo({"content_type": "signed_data", "content": seal.signed_data})
    return Stamped(_put(sealed, seal, info.dump()), at)


async def _hold(
    token: cms.ContentInfo, signer: cms.SignerInfo, authority: Authority, now: datetime
) -> datetime:
    """Hold a token against the seal, the authority's certificates and our clock; give its time."""
    said = await validate_tst_signed_data(
        token["content"], trust(authority.roots, now), message_imprint_checker(signer)
    )
    status = TimestampSignatureStatus(**said)
    if not (status.intact and status.valid and status.trusted):
        raise ValueError("a time stamp that does not hold")
    at: datetime = status.timestamp
    if abs(at - now) > APART:
        raise ValueError("a time stamp of another time")
    return at


def trust(roots: Sequence[x509.Certificate], moment: datetime) -> ValidationContext:
    """Trust these certificates and what they vouch for, as of a moment; nothing is fetched."""
    made = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in roots]
    return ValidationContext(trust_roots=made, allow_fetching=False, moment=moment)


def _put(sealed: bytes, seal: EmbeddedPdfSignature, data: bytes) -> bytes:
    """Write a seal anew into the room that is kept for it."""
    _, begin, end, _ = seal.byte_range
    room = end - begin - 2
    digits = data.hex().upper().encode()
    if len(digits) > room:
        raise ValueError("a time stamp that is too long for the room kept for it")
    return sealed[: begin + 1] + digits.ljust(room, b"0") + sealed[end - 1 :]
