"""What staff may do to acts: declare one invalid, and record a document that settles a conflict."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.consents import facts
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models import ledger
from registry.consents.models.acts import ActRow, acts_of_people, get_act
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import Drafted, InvalidReason, invalidate
from registry.consents.usecases.clicking import of_staff
from registry.consents.usecases.writing import Circumstances, Document, Signed, tell_if_lost, write_act
from registry.errors import N_, ForbiddenError, InvalidError
from registry.people.models.families import family_of
from registry.programmes.rules import Means, NoticeKind
from registry.storage.queries import share
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LONGEST_PLACE = 200
LONGEST_NOTE = 1_000


class ConflictDocument(StrEnum):
    """What may say whose act stands when guardians differ; the school does not judge."""

    PARENTS_AGREEMENT = "parents_agreement"
    GUARDIANSHIP_AUTHORITY = "guardianship_authority"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A document on a conflict: the act of `stands_id` stands; `place` is where the paper lies."""

    school_id: UUID
    programme_id: str
    student_id: UUID
    stands_id: UUID
    kind: ConflictDocument
    dated: date
    place: str


def invalidate_act(work: Work, school_id: UUID, act_id: UUID, reason: InvalidReason, note: str) -> Signed:
    """Declare that an act should never have counted; it stays, and this is written beside it.

    Raises:
        NotFoundError: the school has no such act.
        ForbiddenError: who declares it entered it himself, or is nobody.
        ConflictError: it was declared invalid already, or cannot be.
        InvalidError: the note is missing or too long.
    """
    if work.actor.id is None:
        raise ForbiddenError(N_("Признать запись недействительной может только сотрудник."))
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise InvalidError(
            N_("Напишите, почему запись недействительна."),
            fields={"note": N_("Напишите причину, не длиннее 1000 знаков.")},
        )
    share(work.connection, SCHOOL_LOCK, school_id)
    target = get_act(work.connection, school_id, act_id)
    about = {target.about, target.signer}
    history = acts_of_people(work.connection, school_id, target.programme, about)
    invalidate(target, history, target.recorded_by, work.actor.id)
    signed = _write(work, target, reason, note.strip())
    for student_id in _touched(target, history):
        tell_if_lost(work, school_id, target.programme, student_id)
    return signed


def record_conflict_document(work: Work, said: Settlement) -> UUID:
    """Record a document that says whose act stands; the last one counts.

    Raises:
        NotFoundError: the school has no such student today.
        InvalidError: the date lies ahead, the place is missing, or the person is no guardian of the student.
    """
    _check(work, said)
    share(work.connection, SCHOOL_LOCK, said.school_id)
    document_id = work.new_id()
    row = {
        "id": document_id,
        "school_id": said.school_id,
        "programme": said.programme_id,
        "student_id": said.student_id,
        "stands_id": said.stands_id,
        "kind": said.kind.value,
        "dated": said.dated,
        "place": said.place.strip(),
        "recorded_at": work.now,
        "recorded_by": work.actor.id,
    }
    ledger.add_conflict_document(work.connection, row)
    about = ObjectRef(facts.SETTLEMENT, document_id, 1)
    slots = (Slot(said.student_id, None), Slot(said.stands_id, None))
    state = facts.settlement_state(row)
    work.record(Entry(EntryType.DOCUMENT_ATTACHED, about, state, said.school_id, slots))
    tell_if_lost(work, said.school_id, said.programme_id, said.student_id)
    return document_id


def _write(work: Work, target: ActRow, reason: InvalidReason, note: str) -> Signed:
    document = Document(
        target.school_id,
        target.programme,
        target.consent_id,
        target.notice,
        target.notice_version,
        target.signer,
        target.about,
    )
    drafted = Drafted(ActKind.INVALIDATED, target.capacity, Means.PAPER, work.today, None)
    around = Circumstances(
        text_sha256=target.text_sha256,
        language=target.language,
        evidence={"invalidates": str(target.id), "reason": reason.value, "note": note, **of_staff(work)},
        recorded_at=work.now,
        recorded_by=work.actor.id,
        invalidates=target.id,
        reason=reason.value,
    )
    return write_act(work, document, drafted, around)


def _touched(target: ActRow, history: list[ActRow]) -> list[UUID]:
    """Name the students whose decision may change: an agreement's end reaches all that it carried."""
    if target.notice is not NoticeKind.CODE_AGREEMENT:
        return [target.about]
    return sorted({one.about for one in history if one.agreement == target.id and one.about != target.about})


def _check(work: Work, said: Settlement) -> None:
    if said.dated > work.today:
        raise InvalidError(
            N_("Дата документа в будущем; проверьте её."), fields={"dated": N_("Эта дата ещё не наступила.")}
        )
    if not said.place.strip() or len(said.place) > LONGEST_PLACE:
        raise InvalidError(
            N_("Укажите, где лежит документ: дело и лист."),
            fields={"place": N_("Укажите дело и лист, не длиннее 200 знаков.")},
        )
    family = family_of(work.connection, work.vault, said.school_id, said.student_id, work.today)
    if said.stands_id not in {one.person.id for one in family.guardians}:
        raise InvalidError(
            N_("Этот человек не записан представителем обучающегося."),
            fields={"stands": N_("Выберите представителя обучающегося.")},
        )
