"""Sealing a PDF: PAdES B-B by the operator's key, and room in it for a time stamp that comes later."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from registry.documents.pades.keys import SealKeys

FIELD: Final = "RegistrySeal"
ROOM: Final = 4_096
"""Hexadecimal digits kept for a seal: it takes some 1,400 with a certificate of P-256."""
ROOM_WITH_STAMP: Final = 28_672
"""The same where a time stamp is to come: its token brings the authority's chain, 6 KiB and more."""


class Sealer:
    """Seals files by one key; made once, for the key and the certificate are put into shape in the making."""

    def __init__(self, keys: SealKeys, *, to_be_stamped: bool) -> None:
        self.fingerprint = keys.fingerprint
        self._room = ROOM_WITH_STAMP if to_be_stamped else ROOM
        private = keys.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(keys.certificate.public_bytes(Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(private),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        )
        # No change of any kind is allowed after the seal; a time stamp goes into the seal itself.
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        self._signer = PdfSigner(metadata, signer)

    def seal(self, document: bytes, at: datetime) -> bytes:
        """Seal a PDF that carries no seal yet.

        Args:
            document: the whole file; it stays as it is, the seal follows behind it.
            at: the sealing's time by our own clock, written beside the seal.
        """
        return asyncio.run(self._seal(document, at))

    async def _seal(self, document: bytes, at: datetime) -> bytes:
        target = BytesIO(document)
        session = self._signer.init_signing_session(IncrementalPdfFileWriter(target))
        session.system_time = at
        prepared = session.prepare_tbs_document(None, self._room)
        digest, _ = prepared.digest_tbs_document(in_place=True)
        await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=at))
        return target.getvalue()
