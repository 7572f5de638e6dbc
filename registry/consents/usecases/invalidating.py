"""An act that should never have counted: one asks, a second one answers, the signer is told."""

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import quote
from uuid import UUID

from registry.access.models.roles import stood_in_for
from registry.access.rules import Action
from registry.access.usecases.telling import tell_second
from registry.consents import facts
from registry.consents.models import invalidations
from registry.consents.models.acts import ActRow, acts_of_people, get_act
from registry.consents.reasons import LONGEST_NOTE
from registry.consents.rules.invalidations import Answer, Invalidation, demand_askable, demand_second
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.correcting import invalidate_act
from registry.consents.usecases.refused_channels import contacts_refused, points_of
from registry.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from registry.letters.rules import LetterKind, check_contact, choose_contact
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.models.families import family_of
from registry.people.models.persons import load_persons
from registry.people.models.places import get_school
from registry.programmes.rules import NoticeKind
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LOCK = "invalidations"


def act_of_family(
    work: Work, school_id: UUID, act_id: UUID, student_id: UUID, people: Collection[UUID]
) -> ActRow:
    """Read an act about a student, or the agreement of somebody of his family.

    Raises:
        NotFoundError: there is none like it.
    """
    act = get_act(work.connection, school_id, act_id)
    agreement = act.notice is NoticeKind.CODE_AGREEMENT and act.signer in people
    if act.about != student_id and not agreement:
        raise NotFoundError(N_("Такой записи нет."))
    return act


def demand_of_student(work: Work, school_id: UUID, ids: tuple[UUID, UUID]) -> Invalidation:
    """Hold that a question was asked under a student (ids of student and question); give it.

    Raises:
        NotFoundError: there is none like it.
    """
    student_id, invalidation_id = ids
    one = invalidations.hold_one(work.connection, school_id, invalidation_id)
    if one.student_id != student_id:
        raise NotFoundError(N_("Такого вопроса нет."))
    return one


def ask_invalidation(work: Work, act: ActRow, student_id: UUID, reason: InvalidReason, note: str) -> UUID:
    """Ask that an act be declared invalid; nothing changes until a second person agrees, who is told of it.

    Raises:
        ConflictError: it was declared invalid already, or is asked about by somebody.
        ForbiddenError: nobody in particular asks, or the signer himself.
        InvalidError: the words are missing or too long.
    """
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise InvalidError(
            N_("Напишите, почему запись недействительна."),
            fields={"note": N_("Напишите причину, не длиннее 1000 знаков.")},
        )
    asker = _somebody(work)
    hold(work.connection, LOCK, act.school_id)
    _check_open(work, act, asker)
    one = Invalidation(work.new_id(), act.school_id, act.id, student_id, act.signer, reason, asker, work.now)
    invalidations.add(work.connection, work.vault, one, note.strip())
    reach("invalidation.row-before-entry")
    work.record(_entry(EntryType.INVALIDATION_ASKED, one))
    _tell_second(work, act, student_id)
    return one.id


def agree(work: Work, school_id: UUID, invalidation_id: UUID) -> UUID:
    """Agree as the second person: the act counts no more from here on, and its signer is told by a letter.

    Raises:
        NotFoundError: there is no such question.
        ConflictError: it was answered before, or the act was declared invalid meanwhile.
        ForbiddenError: who agrees asked himself, stands in for who did, or entered or signed the act.
    """
    one = _answerable(work, school_id, invalidation_id)
    note = invalidations.note_of(work.connection, work.vault, one)
    signed = invalidate_act(work, school_id, one.act_id, one.reason, note)
    reach("invalidation.act-before-answer")
    _finish(work, one, Answer.AGREED)
    reach("invalidation.answer-before-letter")
    _tell_signer(work, one)
    return signed.act_id


def decline(work: Work, school_id: UUID, invalidation_id: UUID) -> None:
    """Leave the act as it is.

    Raises:
        NotFoundError: there is no such question.
        ConflictError: it was answered before.
        ForbiddenError: who declines asked himself, or stands in for who did.
    """
    _finish(work, _answerable(work, school_id, invalidation_id), Answer.DECLINED)


def _check_open(work: Work, act: ActRow, asker: UUID) -> None:
    history = acts_of_people(work.connection, act.school_id, act.programme, {act.about, act.signer})
    demand_askable(act, history, asker)
    if invalidations.is_asked(work.connection, act.school_id, act.id):
        raise ConflictError(N_("Об этой записи уже спросили: ждём второго человека."), code="asked-already")


def _answerable(work: Work, school_id: UUID, invalidation_id: UUID) -> Invalidation:
    second = _somebody(work)
    one = invalidations.hold_one(work.connection, school_id, invalidation_id)
    principals = {user for _, user in stood_in_for(work.connection, second, work.today)}
    demand_second(one, second, principals)
    return one


def _finish(work: Work, one: Invalidation, answer: Answer) -> None:
    done = replace(one, answer=answer, answered_by=_somebody(work), answered_at=work.now)
    invalidations.finish(work.connection, done)
    work.record(_entry(EntryType.INVALIDATION_ANSWERED, done))


def _tell_second(work: Work, act: ActRow, student_id: UUID) -> None:
    """Have those told who may answer: the page of the family's decisions shows it to whoever opens it."""
    family = family_of(work.connection, work.vault, act.school_id, student_id, work.today)
    path = f"/consents/schools/{act.school_id}/students/{student_id}/acts?programme={quote(act.programme)}"
    tell_second(
        work, Action.ACT_INVALIDATE, (act.school_id, family.class_id), path, (act.recorded_by, act.signer)
    )


def _tell_signer(work: Work, one: Invalidation) -> None:
    """Write to the signer that an act of his counts no more; the letter names nobody."""
    signer = load_persons(work.connection, work.vault, {one.signer_id}).get(one.signer_id)
    if signer is None:
        return
    try:
        points = points_of(signer, contacts_refused(work, one.school_id))
        point = choose_contact(LetterKind.INVALIDATED, points)
        check_contact(LetterKind.INVALIDATED, point)
    except (ConflictError, InvalidError):
        return  # Nowhere to write to: the pages show it to whoever comes.
    act = get_act(work.connection, one.school_id, one.act_id)
    school = get_school(work.connection, one.school_id)
    values: dict[str, Value] = {"school": school.name, "day": act.on_day}
    write(work, Draft(LetterKind.INVALIDATED, school.id, one.signer_id, point, values, act.language))


def _somebody(work: Work) -> UUID:
    if work.actor.id is None:
        raise ForbiddenError(N_("Признать запись недействительной может только сотрудник."))
    return work.actor.id


def _entry(kind: EntryType, one: Invalidation) -> Entry:
    about = ObjectRef(facts.INVALIDATION, one.id, one.revision)
    return Entry(kind, about, facts.invalidation_state(one), one.school_id, (Slot(one.signer_id, None),))
