"""The gate: every disclosure to a third party passes here, is decided once more, and leaves a ledger row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.decisions import Decided, Known, as_decided, decisions_of
from registry.consents.models import ledger
from registry.consents.models.opt_outs import opt_outs_about
from registry.consents.rules.opt_outs import counting_opt_outs, opted_out_of
from registry.errors import N_, ConflictError
from registry.people.models import places
from registry.people.models.families import families_of
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind, Programme, Role
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.transports.cleared import Cleared, ClearedDocuments, take_gate_pass
from registry.work import Work

SCHOOL_LOCK = places.SCHOOL_LOCK
"""Who signs shares it, who lets a message go holds it: an act is seen here or comes after the sending."""
_PASS = take_gate_pass()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sealed message that wants to leave.

    Attributes:
        file_id: where the sealed bytes lie; sha256: of them, lower-case hexadecimal.
        receiver: name as the manifest states it.
        students: who is in the message; empty for a withdrawal, which carries entry ids only.
    """

    message_id: UUID
    school_id: UUID
    programme_id: str
    file_id: str
    sha256: str
    receiver: str
    students: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class ActShown:
    """An act of which something wants to leave, with who signed it and about whom."""

    act_id: UUID
    signer_id: UUID
    student_id: UUID


@dataclass(frozen=True, slots=True)
class DocumentsClaim:
    """Documents of a school's decisions that want to leave in an export.

    Attributes:
        receiver: to whom they are given, on the strength of the order that names him.
        field_set: what they show, as the ledger names it.
        acts: whose evidence stands; of a student all that go along at once.
    """

    export_id: UUID
    school_id: UUID
    programme_id: str
    receiver: str
    field_set: str
    acts: Sequence[ActShown]


def clear(work: Work, claim: Claim) -> Cleared:
    """Evaluate the decisions once more, in the transaction that lets the message go, and write the ledger.

    Raises:
        ConflictError: `not-cleared`: the message is not exactly what the decisions allow now.
    """
    hold(work.connection, SCHOOL_LOCK, claim.school_id)
    programme = participation_of(work.connection, claim.school_id, claim.programme_id).programme
    decided = decisions_of(work, claim.school_id, claim.programme_id)
    _check(work, claim, programme, decided)
    if not ledger.is_disclosed(work.connection, claim.school_id, claim.message_id):
        _write_ledger(work, claim, programme, decided)
    return _cleared(claim)


def clear_withdrawal(work: Work, claim: Claim) -> Cleared:
    """Let a withdrawal go: it names entries to destroy and says nothing of anybody.

    Raises:
        ConflictError: `not-cleared`: the claim names students.
    """
    if claim.students:
        raise _not_cleared()
    hold(work.connection, SCHOOL_LOCK, claim.school_id)
    return _cleared(claim)


def clear_documents(work: Work, claim: DocumentsClaim) -> ClearedDocuments:
    """Let documents go into an export, in the transaction that puts them there, and write the ledger.

    What allows it is the order that was given, by somebody who may still give it; an act alone allows no
    more than its own text. Of whom opted out nothing goes along.
    """
    out = left_out(work, claim.school_id, claim.programme_id)
    going = [one for one in claim.acts if one.student_id not in out]
    students = frozenset(one.student_id for one in claim.acts) - out
    known = ledger.people_told_of(work.connection, claim.school_id, claim.export_id, students)
    rows = [row for key, row in _rows_of_documents(work, claim, going).items() if key not in known]
    ledger.add_disclosures(work.connection, rows)
    if rows:
        about = ObjectRef("disclosure", work.new_id(), 1)
        state: dict[str, Json] = {"persons": len(rows), "programme": claim.programme_id}
        state |= {"export": str(claim.export_id), "receiver": claim.receiver}
        work.record(Entry(EntryType.DISCLOSURE_MADE, about, state, claim.school_id))
    return ClearedDocuments(
        export_id=claim.export_id,
        school_id=claim.school_id,
        receiver=claim.receiver,
        students=students,
        gate_pass=_PASS,
    )


def _rows_of_documents(
    work: Work, claim: DocumentsClaim, going: Sequence[ActShown]
) -> dict[tuple[UUID, UUID], dict[str, object]]:
    """One row for each student and each signer about him, with the acts whose documents show them."""
    shown: dict[tuple[UUID, UUID], list[str]] = {}
    for one in going:
        for person in dict.fromkeys((one.student_id, one.signer_id)):
            shown.setdefault((one.student_id, person), []).append(str(one.act_id))
    same = {
        "school_id": claim.school_id,
        "message_id": claim.export_id,
        "programme": claim.programme_id,
        "receiver": claim.receiver,
        "field_set": claim.field_set,
        "cleared_at": work.now,
    }
    return {
        (student, person): same | {"student_id": student, "person_id": person, "act_ids": acts}
        for (student, person), acts in shown.items()
    }


def left_out(work: Work, school_id: UUID, programme_id: str, part: str | None = None) -> frozenset[UUID]:
    """Name the students whom opt-outs keep out of a programme's e-learning, or of a part, at this moment.

    Whoever makes lists, accounts or exports leaves them out; the decisions of `clear` do so of themselves.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    held = opt_outs_about(work.connection, school_id, programme_id)
    families = families_of(work.connection, work.vault, school_id, work.today) if held else ()
    return frozenset(
        one.student.id
        for one in families
        if one.student.id in held
        and opted_out_of(
            counting_opt_outs(
                held[one.student.id],
                as_decided(one, Known({}, {})),
                work.today,
                programme.age_reached,
            ),
            programme_id,
            part,
        )
    )


def _write_ledger(work: Work, claim: Claim, programme: Programme, decided: Sequence[Decided]) -> None:
    """Write the rows of a message; another attempt with the same message finds them there."""
    included = [one for one in decided if one.decision.state.included]
    rows = [row for one in included for row in _rows(work, claim, programme, one)]
    if not rows:
        return
    reach("gate.before-ledger")
    ledger.add_disclosures(work.connection, rows)
    reach("gate.ledger-before-entry")
    about = ObjectRef("disclosure", claim.message_id, 1)
    state: dict[str, Json] = {"persons": len(rows), "programme": claim.programme_id, "sha256": claim.sha256}
    work.record(Entry(EntryType.DISCLOSURE_MADE, about, state, claim.school_id))


def _check(work: Work, claim: Claim, programme: Programme, decided: Sequence[Decided]) -> None:
    included = {one.family.student.id for one in decided if one.decision.state.included}
    still_open = any(not one.decision.state.closed for one in decided)
    over = work.today > programme.valid_until
    if still_open or over or included != claim.students or claim.receiver != programme.receiver.name:
        raise _not_cleared()


def _rows(work: Work, claim: Claim, programme: Programme, one: Decided) -> Iterable[dict[str, object]]:
    """One row for the student and one for each guardian whose data go along, with the acts that allow it."""
    student = one.family.student.id
    own = dict.fromkeys(one.decision.guardians, Role.GUARDIAN)
    for person, role in {student: Role.STUDENT, **own}.items():
        yield {
            "school_id": claim.school_id,
            "message_id": claim.message_id,
            "student_id": student,
            "person_id": person,
            "programme": claim.programme_id,
            "receiver": claim.receiver,
            "field_set": f"{programme.id}/{programme.version}/{role}",
            "act_ids": _allowing(one, person, student),
            "cleared_at": work.now,
        }


def _allowing(one: Decided, person: UUID, student: UUID) -> list[str]:
    """Name the acts behind one person's data: all but the others' own ones for the student, his own else."""
    own = {one.acts[act].id for act in one.decision.acts if one.acts[act].notice is NoticeKind.GUARDIAN_SELF}
    if person == student:
        return [str(act) for act in one.decision.acts if act not in own]
    return [str(act) for act in one.decision.acts if act in own and one.acts[act].signer == person]


def _cleared(claim: Claim) -> Cleared:
    return Cleared(
        message_id=claim.message_id,
        school_id=claim.school_id,
        file_id=claim.file_id,
        sha256=claim.sha256,
        receiver=claim.receiver,
        gate_pass=_PASS,
    )


def _not_cleared() -> ConflictError:
    return ConflictError(
        N_("Сообщение не отправлено: решения не совпадают с его составом. Подготовьте его заново."),
        code="not-cleared",
    )
