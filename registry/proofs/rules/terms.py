"""Terms of a consent's record: which name of the standard means which term of DPV 2.3."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Plain: TypeAlias = bool | int | str | Sequence["Plain"] | Mapping[str, "Plain"] | None

PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#record"
OWN: Final = "cr"
TERMS: Final = {
    "schema_version": "dct:conformsTo",
    "record_id": "dct:identifier",
    "pii_principal_id": "dpv:hasDataSubject",
    "privacy_notice": "dpv:hasNotice",
    "language": "dct:language",
    "purposes": "dpv:hasProcess",
    "purpose": "dpv:hasPurpose",
    "lawful_basis": "dpv:hasLegalBasis",
    "pii_information": "dpv:hasPersonalData",
    "pii_optional": "dpv:hasNecessity",
    "pii_controllers": "dpv:hasDataController",
    "storage_locations": "dpv:hasStorageCondition",
    "retention_period": "dpv:hasDuration",
    "jurisdiction": "dpv:hasJurisdiction",
    "recipient_third_parties": "dpv:hasRecipient",
    "withdrawal_method": "dpv:hasConsentControl",
    "event_time": "dpv:isIndicatedAtTime",
    "validity_duration": "dpv:hasDuration",
    "event_state": "dpv:hasConsentStatus",
}
"""What the standard's names mean in DPV; names that are not here are its own words under our prefix."""
DATA: Final = {
    "snils": "pd:OfficialID",
    "phone": "pd:TelephoneNumber",
    "email": "pd:EmailAddress",
    "last_name": "pd:Name",
    "first_name": "pd:Name",
    "middle_name": "pd:Name",
    "birth_date": "pd:BirthDate",
    "school": "pd:School",
}
PARENTS: Final = frozenset({"mother", "father", "adopter"})
NOT_RECORDED: Final = "not recorded"
RENEWING: Final = frozenset({"dpv:ConsentRefused", "dpv:ConsentWithdrawn", "dpv:ConsentRevoked"})


def context(base: str) -> dict[str, Plain]:
    """Write the context: the standard's names, and our own prefix under the installation's address."""
    own = f"{base}/ns/consent-record#"
    return {
        "@vocab": own,
        OWN: own,
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "dct": "http://purl.org/dc/terms/",
        **TERMS,
    }
