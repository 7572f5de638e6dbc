"""Inside a sitting: what the signer has to decide, whose data he may mend, and what he states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.consents.decisions import card_of
from registry.consents.models.acts import ActRow, asked_and_done
from registry.consents.models.asking import Consent
from registry.consents.models.presentations import Presented, get_presentation
from registry.consents.models.visits import Sitting, open_sitting
from registry.consents.rules.acts import Standing, counting, has_lapsed, last_of
from registry.consents.rules.families import MissingField, missing_fields
from registry.consents.usecases.standing import families_of_signer, may_act
from registry.errors import N_, GoneError, NotFoundError
from registry.people.contacts import ContactKind
from registry.people.models.families import Family
from registry.people.models.persons import Confirmed, Person
from registry.people.usecases.contacts import confirm_contact
from registry.programmes.models import read_programme
from registry.programmes.rules import NoticeKind, Programme, Role
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Task:
    """One document of the signer, and where he stands on it.

    Attributes:
        consent: the document as he decided on it, or as it is asked now.
        act: his last act on it that counts and still speaks.
        lapsed: what he gave on a text before, which counts no more.
        also: ids of the same document in its other versions.
    """

    consent: Consent
    standing: Standing
    act: ActRow | None
    family: Family | None
    lapsed: ActRow | None = None
    also: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything before a signer in his sitting.

    Attributes:
        families: of this school, where he is the student or a guardian with authority today.
        missing: what the message still needs, by person: himself and the children he represents.
    """

    sitting: Sitting
    programme: Programme
    signer: Person
    families: tuple[Family, ...]
    tasks: tuple[Task, ...]
    missing: Mapping[UUID, tuple[MissingField, ...]]

    @property
    def agreement(self) -> Task | None:
        """The agreement on the simple signature."""
        return next((one for one in self.tasks if one.consent.notice is NoticeKind.CODE_AGREEMENT), None)


def desk_of(work: Work, sitting_id: UUID) -> Desk:
    """Lay out a signer's documents; a fixed number of statements.

    Raises:
        GoneError: the sitting is over, or he may act for nobody in this school any longer.
    """
    sitting, version_id = open_sitting(work.connection, sitting_id, work.now)
    signer_id, school_id = sitting.signer_id, sitting.school_id
    programme = read_programme(work.connection, version_id)
    own = _families(work, school_id, signer_id)
    signer = next((one for family in own for one in _people(family) if one.id == signer_id), None)
    if signer is None:
        raise GoneError(
            N_("Вы больше не записаны в этой школе. Обратитесь к классному руководителю."), code="no-longer"
        )
    asked, acts = asked_and_done(work.connection, school_id, sitting.programme, signer_id)
    every = [_task(versions, counting(acts), programme, own) for versions in _documents(asked)]
    tasks = tuple(one for one in every if _still_his(one, signer_id))
    return Desk(sitting, programme, signer, own, tasks, _missing(programme, signer, own))


def may_mend(desk: Desk, person_id: UUID) -> bool:
    """Tell whether the signer may correct the fields of a person: his own, and those of a child under 18."""
    children = {family.student.id for family in desk.families if family.student.id != desk.signer.id}
    return person_id == desk.signer.id or person_id in children


def state_contacts(work: Work, desk: Desk, person_id: UUID) -> None:
    """Take the signer's statement that the contacts of a person (himself or his child) are right and work.

    Raises:
        NotFoundError: it is neither himself nor his child.
    """
    if not may_mend(desk, person_id):
        raise NotFoundError(N_("Такого человека нет."))
    for kind in ContactKind:
        confirm_contact(work, person_id, kind, Confirmed.STATEMENT)


def read_signed(work: Work, desk: Desk, task: Task) -> Presented:
    """Give the text of a document exactly as the signer read it before he signed.

    Raises:
        NotFoundError: it was signed on paper, or not at all.
    """
    if task.act is None or task.act.presentation_id is None:
        raise NotFoundError(N_("Этот документ здесь не подписывали."))
    return get_presentation(
        work.connection, work.vault, desk.sitting.school_id, task.act.presentation_id, desk.signer.id
    )


def _families(work: Work, school_id: UUID, signer_id: UUID) -> tuple[Family, ...]:
    found = families_of_signer(work, school_id, signer_id)
    return tuple(family for family in found if may_act(family, signer_id, work.today))


def _people(family: Family) -> list[Person]:
    return [family.student, *(one.person for one in family.guardians)]


def _documents(asked: Sequence[Consent]) -> list[list[Consent]]:
    """Put the versions of each document together, in the order of asking."""
    found: dict[tuple[NoticeKind, UUID], list[Consent]] = {}
    for one in asked:
        found.setdefault((one.notice, one.about_id), []).append(one)
    return list(found.values())


def _task(versions: list[Consent], acts: list[ActRow], programme: Programme, own: tuple[Family, ...]) -> Task:
    document = versions[0]
    mine = [one for one in acts if one.about == document.about_id]
    last = last_of(mine, document.notice, document.signer_id)
    spoken = next((one for one in mine if last and one.id == last.id), None)
    lapsed = spoken if spoken and has_lapsed(spoken, programme) else None
    act = None if lapsed else spoken
    shown = _shown(versions, act, programme)
    return Task(
        shown,
        Standing(act.kind) if act else Standing.SILENT,
        act,
        next((one for one in own if one.student.id == document.about_id), None),
        lapsed,
        frozenset(one.id for one in versions if one.id != shown.id),
    )


def _shown(versions: list[Consent], act: ActRow | None, programme: Programme) -> Consent:
    """Choose the version of a document that is before the signer: the one he decided on, or today's."""
    number = programme.number_of(versions[0].notice)
    fits = [one for one in versions if (one.id == act.consent_id if act else one.notice_version == number)]
    return fits[0] if fits else versions[-1]


def _still_his(task: Task, signer_id: UUID) -> bool:
    """Tell whether a document is still before the signer: of whom he represents no longer he decides nothing.

    What he gave he may take back even then.
    """
    about_himself = task.consent.about_id == signer_id
    may_take_back = task.standing is Standing.GIVEN or task.lapsed is not None
    return about_himself or task.family is not None or may_take_back


def _missing(
    programme: Programme, signer: Person, own: tuple[Family, ...]
) -> dict[UUID, tuple[MissingField, ...]]:
    fields = programme.fields
    found = {
        family.student.id: missing_fields(card_of(family.student), Role.STUDENT, fields.student)
        for family in own
    }
    if signer.id not in found:
        found[signer.id] = missing_fields(card_of(signer), Role.GUARDIAN, fields.guardian)
    return found
