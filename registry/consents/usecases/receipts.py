"""The receipt of an act: the registry's signed proof that it entered the trail, as text and as PDF."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.consents.models.acts import ActRow, get_act
from registry.consents.models.receipts import leaf_of_act
from registry.documents.marks import readable_code
from registry.documents.sealed_acts import Evidence
from registry.errors import N_, NotFoundError
from registry.people.models.persons import Person, load_persons
from registry.people.models.places import School, get_school
from registry.trail.keys import TrailKeys
from registry.trail.leaf import read_leaf
from registry.trail.merkle import leaf_hash
from registry.trail.opened import opening_of, show_opening
from registry.trail.proofs import covering_checkpoint, tlog_proof
from registry.trail.receipt import issue_receipt
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Proved:
    """An act with its people and its proof; `student` is None where the act speaks of the signer himself."""

    act: ActRow
    school: School
    signer: Person
    student: Person | None
    reference: str
    leaf: bytes
    proof: str


def receipt_of(work: Work, keys: TrailKeys, school_id: UUID, act_id: UUID, signer_id: UUID) -> Proved:
    """Give the receipt of a signer's own act; the same act gives the same receipt.

    Raises:
        NotFoundError: there is no such act, or it is somebody else's.
    """
    act = get_act(work.connection, school_id, act_id)
    if act.signer != signer_id:
        raise NotFoundError(N_("Такой записи нет."))
    people = load_persons(work.connection, work.vault, {act.signer, act.about})
    leaf, proof = sign_receipt(work, keys, act.id, act.recorded_at)
    return Proved(
        act=act,
        school=get_school(work.connection, school_id),
        signer=people[act.signer],
        student=people.get(act.about) if act.about != act.signer else None,
        reference=readable_code(act.id),
        leaf=leaf,
        proof=proof,
    )


def sign_receipt(work: Work, keys: TrailKeys, act_id: UUID, recorded_at: datetime) -> tuple[bytes, str]:
    """Give an act's leaf and the signed text of its receipt, in the name of the log that the leaf names.

    Raises:
        NotFoundError: the trail does not know the act.
    """
    leaf = leaf_of_act(work.connection, act_id)
    log = keys.of_log(read_leaf(leaf).log)
    return leaf, issue_receipt(log.receipt, log.origin, leaf_hash(leaf), recorded_at)


def evidence_of(work: Work, proved: Proved) -> Evidence:
    """Give what the signer needs to check his act offline; of nobody but himself is anything opened."""
    leaf = read_leaf(proved.leaf)
    opening = opening_of(work.connection, work.vault, leaf, proved.signer.id)
    covered = covering_checkpoint(work.connection, leaf.id) is not None
    return Evidence(
        event=str(leaf.id),
        leaf=proved.leaf,
        opening=None if opening is None else show_opening(opening),
        tlog_proof=tlog_proof(work.connection, leaf.id) if covered else None,
    )
