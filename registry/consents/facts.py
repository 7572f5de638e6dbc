"""What the trail holds of consents: acts and documents on conflicts, each an object of one version.

The trail commits to each as a whole, an act with whose and about whom it is: nothing that a decision rests on
can be changed past it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from registry.consents.models.acts import every_act
from registry.consents.models.ledger import every_conflict_document
from registry.consents.rules.acts import ActKind
from registry.programmes.rules import NoticeKind
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import EntryType, ObjectRef
from registry.trail.verify.objects import Forms

KIND = "act"
SETTLEMENT = "conflict-document"
_TYPES = {
    ActKind.GIVEN: EntryType.CONSENT_GIVEN,
    ActKind.REFUSED: EntryType.CONSENT_REFUSED,
    ActKind.WITHDRAWN: EntryType.CONSENT_WITHDRAWN,
    ActKind.INVALIDATED: EntryType.CONSENT_INVALIDATED,
}
_OF_AGREEMENTS = {ActKind.GIVEN: EntryType.AGREEMENT_GIVEN, ActKind.WITHDRAWN: EntryType.AGREEMENT_ENDED}
_PLAIN = ("kind", "capacity", "means", "text_sha256", "language", "reason", "place", "contact_changed")
_DOCUMENT = ("programme", "notice", "notice_version", "signer_id", "about_id")
_IDS = ("consent_id", "recorded_by", "agreement_act_id", "invalidates", "presentation_id")


def entry_type(notice: NoticeKind, kind: ActKind) -> EntryType:
    """Name what happened, as the trail calls it."""
    of_agreement = _OF_AGREEMENTS.get(kind) if notice is NoticeKind.CODE_AGREEMENT else None
    return of_agreement or _TYPES[kind]


def act_ref(act_id: UUID) -> ObjectRef:
    """Name an act as an object of the trail."""
    return ObjectRef(KIND, act_id, 1)


def state_of(row: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Json]:
    """Write an act as the trail commits to it: its whole row, and whose act on which document it is.

    Args:
        row: of the act.
        document: of the consent: `programme`, `notice`, `notice_version`, `signer_id`, `about_id`.
    """
    state = _first_form(row)
    state |= {name: str(row[name]) for name in ("school_id", "id")}
    state["recorded_at"] = row["recorded_at"].isoformat()
    return state | {name: str(document[name]) for name in _DOCUMENT}


def _first_form(row: Mapping[str, Any]) -> dict[str, Json]:
    """Write an act as it was committed to at first: its document stood there by its id alone."""
    state: dict[str, Json] = {name: row[name] for name in _PLAIN}
    state |= {name: str(row[name]) if row[name] else None for name in _IDS}
    state["on_day"] = row["on_day"].isoformat()
    return state


def present_states(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, Forms]]:
    """Give the state of each act as it stands in its table, for the verifier of the trail."""
    for act in every_act(connection):
        row = asdict(act) | {"agreement_act_id": act.agreement}
        document = row | {"signer_id": act.signer, "about_id": act.about}
        yield act.id, 1, (state_of(row, document), _first_form(row))


def settlement_state(row: Mapping[str, Any]) -> dict[str, Json]:
    """Write a document on a conflict as the trail commits to it: its whole row."""
    state = _first_form_of_settlement(row)
    state |= {name: str(row[name]) for name in ("id", "school_id", "student_id", "stands_id")}
    state |= {"place": row["place"], "recorded_at": row["recorded_at"].isoformat()}
    return state | {"recorded_by": str(row["recorded_by"]) if row["recorded_by"] else None}


def _first_form_of_settlement(row: Mapping[str, Any]) -> dict[str, Json]:
    return {"kind": row["kind"], "dated": row["dated"].isoformat(), "programme": row["programme"]}


def present_settlements(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, Forms]]:
    """Give the state of each document on a conflict, as `present_states` does that of acts."""
    for row in every_conflict_document(connection):
        yield row["id"], 1, (settlement_state(row), _first_form_of_settlement(row))
