"""Making time stamps: a key with a certificate for nothing else, tokens, faults that a test asks for."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from registry.config import SANDBOX_ORGANISATION
from registry.storage.small_files import write_over

KEY: Final = "tsa.key"
CERTIFICATE: Final = "tsa.crt"
POLICY: Final = "2.25.1"
_LASTS: Final = timedelta(days=3650)
_DIGEST: Final = algos.DigestAlgorithm({"algorithm": "sha256"})


class Fault(StrEnum):
    """What may be wrong with an answer."""

    NONE = "none"
    DOWN = "down"
    REFUSES = "refuses"
    OTHER_NONCE = "other-nonce"
    OTHER_DIGEST = "other-digest"
    OTHER_TIME = "other-time"
    OTHER_KEY = "other-key"
    NO_TOKEN = "no-token"  # noqa: S105 - a fault's name
    RUBBISH = "rubbish"


@dataclass(slots=True)
class Stand:
    """The authority: its key and certificate, and what is wrong with its answers now."""

    key: ec.EllipticCurvePrivateKey
    certificate: asn1_x509.Certificate
    fault: Fault = Fault.NONE

    def answer(self, asked: bytes) -> bytes:
        """Answer a request for a time stamp.

        Raises:
            ValueError: it is none.
        """
        request = tsp.TimeStampReq.load(asked, strict=True)
        if self.fault is Fault.RUBBISH:
            return b"<html>welcome</html>"
        if self.fault is Fault.REFUSES:
            return _response("rejection", None)
        return _response("granted", None if self.fault is Fault.NO_TOKEN else self._token(request))

    def _token(self, request: tsp.TimeStampReq) -> cms.ContentInfo:
        said = self._said(request).dump()
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("message_digest", hashlib.sha256(said).digest()),
                _attribute("signing_certificate_v2", _names(self.certificate)),
            ]
        )
        key = ec.generate_private_key(ec.SECP256R1()) if self.fault is Fault.OTHER_KEY else self.key
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": {
                            "issuer": self.certificate.issuer,
                            "serial_number": self.certificate.serial_number,
                        }
                    }
                ),
                "digest_algorithm": _DIGEST,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        signed = {
            "version": "v3",
            "digest_algorithms": [_DIGEST],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(said),
            },
            "certificates": [self.certificate],
            "signer_infos": [signer],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})

    def _said(self, request: tsp.TimeStampReq) -> tsp.TSTInfo:
        imprint = request["message_imprint"]
        if self.fault is Fault.OTHER_DIGEST:
            imprint = {"hash_algorithm": _DIGEST, "hashed_message": secrets.token_bytes(32)}
        late = timedelta(hours=1) if self.fault is Fault.OTHER_TIME else timedelta(0)
        nonce = request["nonce"].native
        said = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": int.from_bytes(secrets.token_bytes(8)),
            "gen_time": core.GeneralizedTime(datetime.now(UTC) - late),
        }
        if nonce is not None:
            said["nonce"] = nonce + (self.fault is Fault.OTHER_NONCE)
        return tsp.TSTInfo(said)


def open_stand(folder: Path) -> Stand:
    """Open the authority of a folder; its key and its certificate are made where they are missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / CERTIFICATE).exists():
        _make(folder)
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(KEY)
    certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Stand(key, asn1_x509.Certificate.load(der))


def _make(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SANDBOX_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, "time stamps"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_over(folder / KEY, private.decode())
    write_over(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM).decode())


def _response(status: str, token: cms.ContentInfo | None) -> bytes:
    """Write an answer; the library's own type knows none without a token."""
    said = tsp.PKIStatusInfo({"status": status}).dump()
    return bytes(core.Sequence(contents=said + (b"" if token is None else token.dump())).dump())


def _attribute(name: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})


def _names(certificate: asn1_x509.Certificate) -> tsp.SigningCertificateV2:
    identifier = {"cert_hash": hashlib.sha256(certificate.dump()).digest()}
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identifier)]})
