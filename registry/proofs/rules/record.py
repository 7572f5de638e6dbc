"""The record of a consent in the structure of ISO/IEC TS 27560, as JSON-LD with terms of DPV 2.3.

Names without a prefix are the standard's; what neither has stands under one prefix of our own, `cr`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from registry.consents.rules.acts import ActKind
from registry.consents.rules.capacity import Capacity
from registry.consents.rules.evidence import RETENTION_RULE
from registry.programmes.rules import Means, NoticeKind
from registry.proofs.rules.terms import DATA, NOT_RECORDED, PARENTS, PROFILE, RENEWING, Plain, context


@dataclass(frozen=True, slots=True)
class Event:
    """One act, as its event tells of it.

    Attributes:
        entity: pseudonym of who acted. of_himself: whether the data are his own.
        relation: what the signer is to the student; empty where it was not recorded.
        assurance, signature: how he was identified, what it is signed with, each by its code.
        digests: of what proves it, by media type.
    """

    id: UUID
    kind: ActKind
    notice: NoticeKind
    capacity: Capacity
    means: Means
    on_day: date
    recorded_at: datetime
    entity: str
    of_himself: bool
    relation: str
    assurance: str
    signature: str
    digests: tuple[tuple[str, str], ...]
    recorded_by: UUID | None = None
    reason: str | None = None
    invalidates: UUID | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom the record names; never a person whose data are concerned."""

    id: str
    role: str
    name: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a record says.

    Attributes:
        principal: pseudonym of whose data they are; never an identifier of the state.
        base: address of the installation. fields: names of the data, and whether each may be left out.
        parties: the controller first, then who receives.
    """

    record_id: UUID
    principal: str
    base: str
    notice: NoticeKind
    notice_version: str
    notice_sha256: str
    language: str
    programme: str
    purpose: str
    basis: str
    fields: tuple[tuple[str, bool], ...]
    parties: tuple[Party, ...]
    asked_at: datetime
    valid_until: date
    today: date
    events: tuple[Event, ...]


def record_of(told: Told) -> dict[str, Plain]:
    """Write a record."""
    events = [_asked(told), *_events(told)]
    return {
        "@context": context(told.base),
        "@type": "dpv:ConsentRecord",
        "schema_version": PROFILE,
        "record_id": str(told.record_id),
        "pii_principal_id": told.principal,
        "privacy_notice": {
            "@type": "dpv:ConsentNotice",
            "cr:notice_id": f"{told.programme}/{told.notice}",
            "dct:hasVersion": told.notice_version,
            "cr:sha256": told.notice_sha256,
            "language": told.language,
        },
        "language": told.language,
        "purposes": [_purpose(told)],
        "parties": [_party(one) for one in told.parties],
        "events": events,
        "dpv:hasConsentStatus": _status(told, events),
    }


def _purpose(told: Told) -> dict[str, Plain]:
    controller, *receivers = told.parties
    return {
        "purpose": told.purpose,
        "purpose_type": told.programme,
        "lawful_basis": told.basis,
        "pii_information": [_datum(name, optional) for name, optional in told.fields],
        "pii_controllers": [controller.id],
        "storage_locations": [NOT_RECORDED],
        "retention_period": told.valid_until.isoformat(),
        "jurisdiction": "RU",
        "recipient_third_parties": [one.id for one in receivers],
        "withdrawal_method": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": told.base},
        "cr:evidence_retention": RETENTION_RULE,
    }


def _datum(name: str, optional: bool) -> dict[str, Plain]:  # noqa: FBT001 - the two halves of one pair
    found: dict[str, Plain] = {"pii_type": name, "pii_optional": optional}
    return found | {"@type": DATA[name]} if name in DATA else found


def _party(one: Party) -> dict[str, Plain]:
    return {
        "party_id": one.id,
        "party_role": one.role,
        "party_type": "legal person",
        "party_name": one.name,
        "party_address": one.address or NOT_RECORDED,
        "party_contact": one.contact or NOT_RECORDED,
    }


def _asked(told: Told) -> dict[str, Plain]:
    return {
        "event_id": str(told.record_id),
        "event_time": told.asked_at.isoformat(),
        "event_type": "dpv:ObtainConsent",
        "event_state": "dpv:ConsentRequested",
        "validity_duration": "P0D",
        "entity_id": told.parties[0].id,
    }


def _events(told: Told) -> list[dict[str, Plain]]:
    """Write the acts in their order; a yes after a no is a renewed one."""
    written: list[dict[str, Plain]] = []
    last: dict[tuple[str, NoticeKind], str] = {}
    for one in told.events:
        who = (one.entity, one.notice)
        state = state_of(one, last.get(who, ""))
        if one.invalidates is None:
            last[who] = state
        written.append(_event(told, one, state))
    return written


def state_of(event: Event, before: str) -> str:
    """Map an act to a status; who takes back what concerns another's data revokes it."""
    if event.kind is ActKind.GIVEN:
        return "dpv:RenewedConsentGiven" if before in RENEWING else "dpv:ConsentGiven"
    if event.kind is ActKind.WITHDRAWN:
        return "dpv:ConsentWithdrawn" if event.of_himself else "dpv:ConsentRevoked"
    return {
        ActKind.REFUSED: "dpv:ConsentRefused",
        ActKind.INVALIDATED: "dpv:ConsentInvalidated",
    }[event.kind]


def _event(told: Told, one: Event, state: str) -> dict[str, Plain]:
    given = one.kind is ActKind.GIVEN
    online = one.means is Means.CODE
    written: dict[str, Plain] = {
        "event_id": str(one.id),
        "event_time": one.recorded_at.isoformat() if online else one.on_day.isoformat(),
        "event_type": "dpv:ExplicitlyExpressedConsent",
        "event_state": state,
        "validity_duration": f"{one.on_day.isoformat()}/{told.valid_until.isoformat()}" if given else "P0D",
        "entity_id": one.entity,
        "dpv:isIndicatedBy": _indicated_by(one),
        "dpv:hasIndicationMethod": one.signature,
        "cr:recorded_time": one.recorded_at.isoformat(),
        "cr:notice": one.notice.value,
        "cr:assurance": one.assurance,
        "cr:evidence": [{"media_type": kind, "sha256": digest} for kind, digest in one.digests],
    }
    optional: dict[str, Plain] = {
        "cr:on_behalf_of": None if one.of_himself else told.principal,
        "cr:authority": one.relation or None,
        "cr:recorded_by": str(one.recorded_by) if one.recorded_by else None,
        "cr:reason_code": one.reason,
        "cr:invalidates": str(one.invalidates) if one.invalidates else None,
    }
    return written | {name: value for name, value in optional.items() if value is not None}


def _indicated_by(one: Event) -> Plain:
    if one.kind is ActKind.INVALIDATED:
        return "cr:Staff"
    if one.of_himself:
        return "dpv:DataSubject"
    kind = "dpv:ParentOfDataSubject" if one.relation in PARENTS else "dpv:GuardianOfDataSubject"
    return {"@type": kind, "dpv:hasJustification": "The processing requires the consent of a representative"}


def _status(told: Told, events: Sequence[Mapping[str, Plain]]) -> str:
    """Tell the status of now: of the last act that counts, expired once the term is over."""
    void = {one.get("cr:invalidates") for one in events}
    counting = [one for one in events if one["event_id"] not in void and "cr:invalidates" not in one]
    last = str(counting[-1]["event_state"])
    if last.endswith("ConsentGiven") and told.today > told.valid_until:
        return "dpv:ConsentExpired"
    return last
