"""Reading a file of a signature: DER, PEM or plain Base64; one signer, no document inside."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, pem, x509

from registry.documents.cms.said import Certificate, Said

LONGEST: Final = 300
"""Of a name in a certificate; longer ones are cut: they are shown, and mean nothing to the registry."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_OIDS: Final = {
    "name": "2.5.4.3",
    "last": "2.5.4.4",
    "first": "2.5.4.42",
    "organisation": "2.5.4.10",
    "snils": "1.2.643.100.3",
    "inn": "1.2.643.3.131.1.1",
    "inn_of_organisation": "1.2.643.100.4",
    "ogrn": "1.2.643.100.1",
}
"""Places of a certificate's names; the Russian numbers are those of order 795 of the FSB."""
Names = Mapping[str, str]


class Refused(Exception):  # noqa: N818 - read aloud: this file is refused
    """The file is not taken; says why by a code."""


def read(data: bytes) -> Said:
    """Read what a file of a signature says.

    Raises:
        Refused: `not-a-signature`, `with-document`, `nobody`, `several` or `damaged`.
    """
    signed = _signed_data(_der(data))
    if signed["encap_content_info"]["content"].native is not None:
        raise Refused("with-document")
    signers = signed["signer_infos"]
    if len(signers) != 1:
        raise Refused("several" if len(signers) else "nobody")
    signer = signers[0]
    attributes = _attributes(signer)
    digest = attributes.get("message_digest")
    at = attributes.get("signing_time")
    return Said(
        algorithm=signer["digest_algorithm"]["algorithm"].dotted,
        digest=digest.hex() if isinstance(digest, bytes) else "",
        signed_at=at.astimezone(UTC) if isinstance(at, datetime) else None,
        certificate=_certificate(signed, signer["sid"]),
    )


def _der(data: bytes) -> bytes:
    """Unwrap the text forms."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        if pem.detect(text):
            return bytes(pem.unarmor(text)[2])
        if _BASE64.fullmatch(text):
            return base64.b64decode(b"".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        raise Refused("damaged") from None
    return data


def _signed_data(der: bytes) -> cms.SignedData:
    try:
        whole = cms.ContentInfo.load(der, strict=True)
        kind = whole["content_type"].native
    except (ValueError, TypeError):
        raise Refused("not-a-signature") from None
    if kind != "signed_data":
        raise Refused("not-a-signature")
    return whole["content"]


def _attributes(signer: cms.SignerInfo) -> dict[str, Any]:
    """Give the signed attributes by name; of one that stands twice, or has several values, none."""
    found: dict[str, list[Any]] = {}
    for one in signer["signed_attrs"]:
        found.setdefault(one["type"].native, []).extend(one["values"].native)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _certificate(signed: cms.SignedData, sid: cms.SignerIdentifier) -> Certificate:
    mine = _own(signed, sid)
    if mine is None:
        return _bare(sid)
    subject, issuer = _names(mine.subject), _names(mine.issuer)
    return Certificate(
        name=subject.get("name", ""),
        person=" ".join(subject[one] for one in ("last", "first") if one in subject),
        organisation=subject.get("organisation", ""),
        snils=subject.get("snils", ""),
        inn=subject.get("inn", "") or subject.get("inn_of_organisation", ""),
        ogrn=subject.get("ogrn", ""),
        issuer=_issuer(issuer),
        serial=f"{mine.serial_number:x}"[:LONGEST],
        begins=mine.not_valid_before.astimezone(UTC),
        ends=mine.not_valid_after.astimezone(UTC),
    )


def _own(signed: cms.SignedData, sid: cms.SignerIdentifier) -> x509.Certificate | None:
    """Find the certificate that the signature names among those that lie in the file."""
    for choice in signed["certificates"]:
        if choice.name != "certificate":
            continue
        one = choice.chosen
        if sid.name == "subject_key_identifier":
            same = one.key_identifier is not None and one.key_identifier == sid.native
        else:
            wanted = sid.chosen
            same = one.serial_number == wanted["serial_number"].native and one.issuer == wanted["issuer"]
        if same:
            return one
    return None


def _bare(sid: cms.SignerIdentifier) -> Certificate:
    issuer = serial = ""
    if sid.name == "issuer_and_serial_number":
        issuer = _issuer(_names(sid.chosen["issuer"]))
        serial = f"{sid.chosen['serial_number'].native:x}"[:LONGEST]
    return Certificate("", "", "", "", "", "", issuer, serial, None, None)


def _issuer(names: Names) -> str:
    return names.get("name", "") or names.get("organisation", "")


def _names(name: x509.Name) -> Names:
    """Take from a distinguished name the places that are known here, the first value of each."""
    places = {oid: place for place, oid in _OIDS.items()}
    found: dict[str, str] = {}
    for part in name.chosen:
        for one in part:
            place = places.get(one["type"].dotted)
            if place is not None and place not in found:
                found[place] = _plain(one["value"].native)
    return found


def _plain(value: object) -> str:
    """Keep what can be read of a value: no marks that turn the line round or stand for nothing."""
    text = value if isinstance(value, str) else ""
    return "".join(one for one in text if unicodedata.category(one)[0] != "C").strip()[:LONGEST]
