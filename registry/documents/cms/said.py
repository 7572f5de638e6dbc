"""What a file of a signature says of itself: nothing of it is verified by reading it."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Certificate:
    """The signer as the certificate in the file names him; what it does not name is empty.

    Attributes:
        name: common name. person: last name and first names, where they stand apart from it.
        snils, inn, ogrn: numbers of the person, of the organisation for `ogrn`.
        issuer: common name of who issued it. serial: hexadecimal.
    """

    name: str
    person: str
    organisation: str
    snils: str
    inn: str
    ogrn: str
    issuer: str
    serial: str
    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the one signature of a file says.

    Attributes:
        algorithm: of the digest, as an OID in digits.
        digest: of the document that was signed, hexadecimal; empty where the file names none.
        signed_at: by the signer's own clock; None where it is not told.
        certificate: with issuer and serial alone where the file holds no certificate.
    """

    algorithm: str
    digest: str
    signed_at: datetime | None
    certificate: Certificate


def write_said(said: Said) -> str:
    """Write it as one line of JSON, for the way back from the child and to be kept sealed."""
    return json.dumps(asdict(said), default=datetime.isoformat, sort_keys=True)


def read_said(line: str | bytes) -> Said:
    """Read what `write_said` wrote."""
    whole: dict[str, Any] = json.loads(line)
    told = whole["certificate"]
    named = {one.name: told[one.name] for one in fields(Certificate)}
    named |= {name: _moment(told[name]) for name in ("begins", "ends")}
    return Said(whole["algorithm"], whole["digest"], _moment(whole["signed_at"]), Certificate(**named))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
