"""What the trail holds of consents: each act is an object of one version, committed with all its columns."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from registry.consents.models.acts import every_act
from registry.consents.rules.acts import ActKind
from registry.programmes.rules import NoticeKind
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import EntryType, ObjectRef

KIND = "act"
_TYPES = {
    ActKind.GIVEN: EntryType.CONSENT_GIVEN,
    ActKind.REFUSED: EntryType.CONSENT_REFUSED,
    ActKind.WITHDRAWN: EntryType.CONSENT_WITHDRAWN,
    ActKind.INVALIDATED: EntryType.CONSENT_INVALIDATED,
}
_OF_AGREEMENTS = {ActKind.GIVEN: EntryType.AGREEMENT_GIVEN, ActKind.WITHDRAWN: EntryType.AGREEMENT_ENDED}
_PLAIN = ("kind", "capacity", "means", "text_sha256", "language", "reason", "place", "contact_changed")
_IDS = ("consent_id", "recorded_by", "agreement_act_id", "invalidates", "presentation_id")


def entry_type(notice: NoticeKind, kind: ActKind) -> EntryType:
    """Name what happened, as the trail calls it."""
    of_agreement = _OF_AGREEMENTS.get(kind) if notice is NoticeKind.CODE_AGREEMENT else None
    return of_agreement or _TYPES[kind]


def act_ref(act_id: UUID) -> ObjectRef:
    """Name an act as an object of the trail."""
    return ObjectRef(KIND, act_id, 1)


def state_of(row: Mapping[str, Any]) -> dict[str, Json]:
    """Write an act's whole row as the trail commits to it; ids and codes only."""
    state: dict[str, Json] = {name: row[name] for name in _PLAIN}
    state |= {name: str(row[name]) if row[name] else None for name in _IDS}
    state["on_day"] = row["on_day"].isoformat()
    return state


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the state of each act as it stands in its table, for the verifier of the trail."""
    for act in every_act(connection):
        row = {name: getattr(act, name) for name in (*_PLAIN, "consent_id", "recorded_by", "invalidates")}
        row |= {"agreement_act_id": act.agreement, "presentation_id": act.presentation_id}
        yield act.id, 1, state_of({**row, "on_day": act.on_day})
