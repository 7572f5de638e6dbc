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
from registry.consents.models.invalidations import every as every_invalidation
from registry.consents.models.ledger import every_conflict_document
from registry.consents.models.opt_outs import every_opt_out
from registry.consents.models.signatures import KeptSignature, every_signature
from registry.consents.rules.acts import ActKind
from registry.consents.rules.invalidations import Invalidation
from registry.programmes.rules import NoticeKind
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.trail.verify.objects import Forms

KIND = "act"
SETTLEMENT = "conflict-document"
OPT_OUT = "opt-out"
INVALIDATION = "invalidation"
SIGNATURE = "act-signature"
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


def opt_out_state(row: Mapping[str, Any]) -> dict[str, Json]:
    """Write an opt-out, or the end of one, as the trail commits to it: its whole row."""
    plain = ("kind", "programme", "part", "wire", "capacity", "means", "place", "reason")
    state: dict[str, Json] = {name: row[name] for name in plain}
    ids = ("id", "school_id", "student_id", "signer_id", "recorded_by", "ends")
    state |= {name: str(row[name]) if row[name] else None for name in ids}
    return state | {name: row[name].isoformat() for name in ("on_day", "recorded_at")}


def present_opt_outs(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the state of each opt-out, as `present_states` does that of acts."""
    for one in every_opt_out(connection):
        row = asdict(one) | {"student_id": one.student, "signer_id": one.signer}
        yield one.id, 1, opt_out_state(row | asdict(one.matter))


def invalidation_state(one: Invalidation) -> dict[str, Json]:
    """Write a question whether an act should have counted, without its words, as the trail commits to it."""
    ids = ("school_id", "act_id", "student_id", "signer_id", "asked_by", "answered_by")
    state: dict[str, Json] = {name: str(found) if (found := getattr(one, name)) else None for name in ids}
    state |= {"reason": one.reason.value, "answer": one.answer.value, "asked_at": one.asked_at.isoformat()}
    return state | {"answered_at": one.answered_at.isoformat() if one.answered_at else None}


def present_invalidations(
    connection: Connection, _vault: Vault
) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the state of each of these questions, as `present_states` does that of acts."""
    for one in every_invalidation(connection):
        yield one.id, one.revision, invalidation_state(one)


def signature_ref(kept: KeptSignature) -> ObjectRef:
    """Name a file of a signature as an object of the trail."""
    return ObjectRef(SIGNATURE, kept.id, 1)


def signature_state(kept: KeptSignature) -> dict[str, Json]:
    """Write a file of a signature as the trail commits to it: its row but for where it lies and what it says.

    The digest of the file answers for what it says.
    """
    plain = ("sha256", "algorithm", "document_sha256", "judged_by")
    state: dict[str, Json] = {name: getattr(kept, name) for name in plain}
    ids = ("id", "school_id", "act_id", "signer_id", "added_by")
    state |= {name: str(found) if (found := getattr(kept, name)) else None for name in ids}
    state |= {"match": kept.match.value, "verdict": kept.verdict.value}
    return state | {"added_at": kept.added_at.isoformat()}


def signature_entry(happened: EntryType, kept: KeptSignature) -> Entry:
    """Write that a file was attached or fetched; whose act it is finds it in his own slot."""
    attached = happened is EntryType.DOCUMENT_ATTACHED
    said: dict[str, Json] = {"what": "signature", "sha256": kept.sha256}
    state = signature_state(kept) if attached else None
    return Entry(happened, signature_ref(kept), state, kept.school_id, (Slot(kept.signer_id, said),))


def present_signatures(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the state of each file of a signature, as `present_states` does that of acts."""
    for one in every_signature(connection):
        yield one.id, 1, signature_state(one)
