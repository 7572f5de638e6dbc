"""Files of detached signatures as programs make them, and files that only pretend to be some."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SNILS, INN = "12345678901", "123456789012"
NAME = "Иванова Мария Петровна"
ISSUER = "Учебный удостоверяющий центр"
SIGNED_AT = datetime(2020, 11, 2, 3, 4, 5, tzinfo=UTC)
STREEBOG = "1.2.643.7.1.1.2.2"
_OIDS = {"1.2.643.100.3": SNILS, "1.2.643.3.131.1.1": INN}


@cache
def holder(name: str = NAME) -> tuple[ec.EllipticCurvePrivateKey, certificates.Certificate]:
    """A key with a certificate that names its holder as Russian ones do; made once."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = [
        certificates.NameAttribute(NameOID.COMMON_NAME, name),
        certificates.NameAttribute(NameOID.SURNAME, name.split(maxsplit=1)[0]),
        certificates.NameAttribute(NameOID.GIVEN_NAME, " ".join(name.split()[1:]) or "-"),
        *(certificates.NameAttribute(certificates.ObjectIdentifier(o), v) for o, v in _OIDS.items()),
    ]
    made = (
        certificates.CertificateBuilder()
        .subject_name(certificates.Name(subject))
        .issuer_name(certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, ISSUER)]))
        .public_key(key.public_key())
        .serial_number(0xABCDEF)
        .not_valid_before(SIGNED_AT - timedelta(days=30))
        .not_valid_after(SIGNED_AT + timedelta(days=335))
        .sign(key, hashes.SHA256())
    )
    return key, made


def detached(document: bytes, name: str = NAME, change: Callable[[Any], object] = lambda _: None) -> bytes:
    """A detached signature over a document, DER; `change` spoils its parts before they are put together."""
    key, made = holder(name)
    certificate = x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [hashlib.sha256(document).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": core.UTCTime(SIGNED_AT)})]},
        ]
    )
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    sid = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    change(signed)
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True))


def as_pem(der: bytes, label: str = "PKCS7") -> bytes:
    """The same in PEM."""
    return f"-----BEGIN {label}-----\n{_lines(der)}-----END {label}-----\n".encode()


def as_base64(der: bytes) -> bytes:
    """The same as Base64 alone, as some programs save it."""
    return _lines(der).encode()


def _lines(der: bytes) -> str:
    return base64.encodebytes(der).decode()


def by_streebog(signed: Any) -> None:
    """Say that the digest is by GOST, as qualified signatures have it."""
    signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": STREEBOG}


def with_document(signed: Any) -> None:
    signed["encap_content_info"] = {"content_type": "data", "content": b"the document itself"}


def twice(signed: Any) -> None:
    one = signed["signer_infos"][0]
    signed["signer_infos"] = [one, one.copy()]


def by_nobody(signed: Any) -> None:
    signed["signer_infos"] = []


def without_certificate(signed: Any) -> None:
    signed["certificates"] = []


def without_attributes(signed: Any) -> None:
    signed["signer_infos"][0]["signed_attrs"] = None


HOSTILE: dict[str, Callable[[], bytes]] = {
    "signature-not-a-signature": lambda: b"%PDF-1.7 no signature at all",
    "signature-with-document": lambda: detached(b"x", change=with_document),
    "signature-several": lambda: detached(b"x", change=twice),
    "signature-nobody": lambda: detached(b"x", change=by_nobody),
    "signature-damaged": lambda: as_pem(detached(b"x"))[:200],
}
"""Files that are refused, by the code of the refusal."""
