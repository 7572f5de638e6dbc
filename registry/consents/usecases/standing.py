"""Who stands before a document: the signer in his sitting, with his authority as it is now."""

from datetime import date
from uuid import UUID

from registry.consents.decisions import guardian_of
from registry.consents.models.moment import Moment, Where, find_moment, hold_moment
from registry.consents.models.visits import sitting_over
from registry.consents.rules.capacity import Asked, age_of
from registry.consents.rules.families import Card, Family
from registry.errors import N_, NotFoundError
from registry.people.models import families
from registry.people.models.families import Family as People
from registry.people.models.persons import Person
from registry.programmes.rules import NoticeKind, Programme
from registry.work import Work


def moment_of(work: Work, where: Where) -> Moment:
    """Read the moment of signing and hold it to an open sitting.

    Raises:
        GoneError: the sitting is over.
        NotFoundError: there is no such document in this sitting.
    """
    return _in_open_sitting(work, find_moment(work.connection, where, work.today))


def held_moment_of(work: Work, where: Where) -> Moment:
    """Read the moment of signing, as `moment_of` does, and keep every other last click on it waiting."""
    moment = _in_open_sitting(work, hold_moment(work.connection, where, work.today))
    work.meet(moment.school_id, moment.met)
    return moment


def _in_open_sitting(work: Work, moment: Moment | None) -> Moment:
    if moment is None:
        raise NotFoundError(N_("Такого документа нет."))
    if moment.ends_at <= work.now:
        raise sitting_over()
    return moment


def asked_at(work: Work, moment: Moment, programme: Programme) -> Asked:
    """Say what is asked of the signer; no statement more when the text was shown to him before."""
    if moment.shown is None or moment.notice is NoticeKind.CODE_AGREEMENT:
        return asked_of_people(work, moment, programme)
    guardians = (moment.guardian,) if moment.guardian else ()
    family = Family(Card(moment.about_id), None, moment.grade, moment.enrolled, guardians)
    return Asked(programme, family, moment.notice, moment.signer_id, moment.shown.age)


def asked_of_people(work: Work, moment: Moment, programme: Programme) -> Asked:
    """Say what is asked of the signer, from the family's cards."""
    people = people_of(work, moment)
    if people is None:
        family = Family(Card(moment.about_id), None, None, enrolled=False)
        return Asked(programme, family, moment.notice, moment.signer_id, None)
    student = people.student
    guardians = tuple(guardian_of(one) for one in people.guardians)
    family = Family(
        Card(student.id), student.birth_date, people.class_name.grade, enrolled=True, guardians=guardians
    )
    age = age_of(programme, student.birth_date, work.today)
    return Asked(programme, family, moment.notice, moment.signer_id, age)


def people_of(work: Work, moment: Moment) -> People | None:
    """Find the family behind a document, for an agreement any where the signer may act; None when he left."""
    if moment.notice is not NoticeKind.CODE_AGREEMENT:
        about = families.families_of_student(work.connection, work.vault, moment.about_id, work.today)
        return next((one for one in about if one.school_id == moment.school_id), None)
    found = families_of_signer(work, moment.school_id, moment.signer_id)
    standing = [one for one in found if may_act(one, moment.signer_id, work.today)]
    return next(iter([*standing, *found]), None)


def families_of_signer(work: Work, school_id: UUID, signer_id: UUID) -> list[People]:
    """Read the families of a school in which somebody is the student or a guardian."""
    found = families.families_with(work.connection, work.vault, signer_id, work.today)
    return [one for one in found if one.school_id == school_id]


def represented(work: Work, school_id: UUID, person_id: UUID) -> tuple[Person, ...]:
    """Name the students of a school for whom somebody may act today: himself, or whom he represents."""
    found = families_of_signer(work, school_id, person_id)
    return tuple(one.student for one in found if may_act(one, person_id, work.today))


def signer_of(work: Work, school_id: UUID, person_id: UUID) -> tuple[Person | None, tuple[Person, ...]]:
    """Find somebody on the cards of the families for whom he may act today, and their students.

    Nobody where he may act for none.
    """
    found = families_of_signer(work, school_id, person_id)
    own = [one for one in found if may_act(one, person_id, work.today)]
    people = (one for family in own for one in (family.student, *(held.person for held in family.guardians)))
    return next((one for one in people if one.id == person_id), None), tuple(one.student for one in own)


def acts_anywhere(work: Work, person_id: UUID) -> bool:
    """Tell whether somebody may act for anybody today, in whatever school."""
    found = families.families_with(work.connection, work.vault, person_id, work.today)
    return any(may_act(one, person_id, work.today) for one in found)


def may_act(family: People, person_id: UUID, day: date) -> bool:
    """Tell whether somebody is the student of a family, or a guardian with authority on a day."""
    standing = {one.person.id for one in family.guardians if one.stands_on(day)}
    return person_id == family.student.id or person_id in standing
