"""Entering what a paper says: who, what, the date on it, and where it lies."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from registry.consents.decisions import guardian_of
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.models.asking import Consent, get_consent
from registry.consents.reasons import reason_said
from registry.consents.rules import signing
from registry.consents.rules.acts import Act, ActKind, counting, time_of_next
from registry.consents.rules.capacity import Asked, age_of
from registry.consents.rules.families import Card
from registry.consents.rules.families import Family as FamilyRule
from registry.consents.rules.signing import Drafted, Signature
from registry.consents.usecases.asking import ask_one, consent_to_ask
from registry.consents.usecases.clicking import of_staff
from registry.consents.usecases.scans import keep_scan, told_of
from registry.consents.usecases.writing import Circumstances, Document, Signed, tell_if_lost, write_act
from registry.documents.scans.looking import Scan
from registry.errors import N_, InvalidError
from registry.people.contacts import ContactKind
from registry.people.models.families import Family, family_of
from registry.people.models.persons import Confirmed
from registry.people.usecases.contacts import confirm_contact
from registry.programmes.models import participation_of
from registry.programmes.rules import Means, NoticeKind, Programme
from registry.storage.failpoints import reach
from registry.storage.queries import share
from registry.storage.schema import Json
from registry.work import Work

LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """Who entered a paper, and what the evidence tells of the second look at it."""

    entered_by: UUID | None
    told: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says, as a member of staff reads it.

    Attributes:
        on_day: the date written on it. place: folder and sheet where the original lies.
        means: paper, or a qualified signature in a file of its own.
        states: contacts that the paper states as working: person and kind; they become confirmed by it.
        scan: of the paper, looked through.
        check: who entered it, where that is not who acts now; and how it came to be looked at twice or not.
        reason, note: why it says no, by a code of the list and in words, if it says so.
    """

    school_id: UUID
    programme_id: str
    student_id: UUID
    signer_id: UUID
    notice: NoticeKind
    kind: ActKind
    on_day: date
    place: str
    means: Means = Means.PAPER
    states: tuple[tuple[UUID, ContactKind], ...] = ()
    scan: Scan | None = None
    check: Checked | None = None
    reason: str = ""
    note: str = ""


_Rule = Callable[[Asked, Iterable[Act], Signature], Drafted]
_RULES: dict[ActKind, _Rule] = {
    ActKind.GIVEN: signing.give,
    ActKind.REFUSED: signing.refuse,
    ActKind.WITHDRAWN: signing.withdraw,
}


def record_paper_act(work: Work, paper: Paper) -> Signed:
    """Enter the act that a paper carries; the consent is written down too when it was not asked before.

    Raises:
        InvalidError: the date lies ahead, the place is missing, or this is not done on paper.
        NotFoundError: the school has no such student today.
        ForbiddenError: the signer may not act for the student on that day.
        ConflictError: the state of things does not allow it.
    """
    programme, own, asked = _ground(work, paper)
    drafted = _RULES[paper.kind](asked, own, Signature(paper.means, paper.on_day, work.today))
    consent = _consent(work, programme, asked, (paper, own))
    around = _circumstances(work, programme, (paper, drafted), time_of_next(own, work.now))
    signed = write_act(work, document_of(consent), drafted, around)
    if paper.scan is not None:
        keep_scan(work, document_of(consent), signed.act_id, paper.scan)
    reach("paper.act-before-contacts")
    for person_id, contact in paper.states:
        if person_id in (paper.signer_id, paper.student_id):
            confirm_contact(work, person_id, contact, Confirmed.STATEMENT)
    if paper.kind is not ActKind.GIVEN and paper.notice is not NoticeKind.CODE_AGREEMENT:
        tell_if_lost(work, paper.school_id, paper.programme_id, paper.student_id)
    return signed


def foresee_paper_act(work: Work, paper: Paper) -> None:
    """Hold a paper against the rules of today without recording it.

    Raises:
        RegistryError: as `record_paper_act`.
    """
    _, own, asked = _ground(work, paper)
    reason_said(paper.kind, paper.reason, paper.note)
    _RULES[paper.kind](asked, own, Signature(paper.means, paper.on_day, work.today))


def _consent(work: Work, programme: Programme, asked: Asked, said: tuple[Paper, Sequence[ActRow]]) -> Consent:
    """Find the document that a paper is about: what was given is taken back on the text that was signed."""
    paper, own = said
    mine = [one for one in counting(own) if one.notice is paper.notice and one.about == asked.about]
    if paper.kind is ActKind.WITHDRAWN and mine:
        return get_consent(work.connection, paper.school_id, mine[-1].consent_id)
    what = (paper.notice, paper.signer_id, asked.about)
    return ask_one(work, consent_to_ask(work, paper.school_id, programme, what))


def document_of(consent: Consent) -> Document:
    """Name the document that a consent asks."""
    return Document(
        consent.school_id,
        consent.programme,
        consent.id,
        consent.notice,
        consent.notice_version,
        consent.signer_id,
        consent.about_id,
    )


def _ground(work: Work, paper: Paper) -> tuple[Programme, list[ActRow], Asked]:
    """Read what a paper stands on: the programme, what its signer did before, and what is asked of him."""
    _check(paper)
    share(work.connection, SCHOOL_LOCK, paper.school_id)
    programme = participation_of(work.connection, paper.school_id, paper.programme_id).programme
    family = family_of(work.connection, work.vault, paper.school_id, paper.student_id, work.today)
    history = acts_of_people(work.connection, paper.school_id, paper.programme_id, {paper.signer_id})
    own = [one for one in history if one.signer == paper.signer_id]
    return programme, own, _asked(programme, family, paper)


def _check(paper: Paper) -> None:
    if paper.kind not in _RULES or paper.means is Means.CODE:
        raise InvalidError(N_("Так бумажный документ не вносят."), code="not-on-paper")
    if not paper.place.strip() or len(paper.place) > LONGEST_PLACE:
        raise InvalidError(
            N_("Укажите, где лежит бумага: дело и лист."),
            fields={"place": N_("Укажите дело и лист, не длиннее 200 знаков.")},
        )


def _asked(programme: Programme, family: Family, paper: Paper) -> Asked:
    guardians = tuple(guardian_of(one) for one in family.guardians)
    student = family.student
    rule = FamilyRule(
        Card(student.id), student.birth_date, family.class_name.grade, enrolled=True, guardians=guardians
    )
    age = age_of(programme, student.birth_date, paper.on_day)
    return Asked(programme, rule, paper.notice, paper.signer_id, age)


def _circumstances(
    work: Work, programme: Programme, said: tuple[Paper, Drafted], recorded_at: datetime
) -> Circumstances:
    paper, drafted = said
    notice = programme.notice(paper.notice, "")
    check = paper.check or Checked(work.actor.id)
    code, note = reason_said(paper.kind, paper.reason, paper.note)
    return Circumstances(
        text_sha256=notice.sha256,
        language=notice.language,
        evidence={
            "notice_version": notice.version,
            "on_day": paper.on_day.isoformat(),
            "place": paper.place.strip(),
            "recorded_by": str(check.entered_by) if check.entered_by else None,
            "age": drafted.age,
            "rule": f"{programme.id}/{programme.version}",
            **of_staff(work),
            **check.told,
            **told_of(paper.scan),
            **note,
        },
        recorded_at=recorded_at,
        recorded_by=check.entered_by,
        place=paper.place.strip(),
        reason=code,
    )
