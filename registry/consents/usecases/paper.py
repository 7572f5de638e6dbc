"""Entering what a paper says: who, what, the date on it, and where it lies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from registry.consents.decisions import guardian_of
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.models.asking import Consent, get_consent
from registry.consents.reasons import reason_said
from registry.consents.rules import signing
from registry.consents.rules.acts import Act, ActKind, counting, text_lapsed, time_of_next
from registry.consents.rules.capacity import Asked, age_of
from registry.consents.rules.families import Card
from registry.consents.rules.families import Family as FamilyRule
from registry.consents.rules.signing import Drafted, Signature
from registry.consents.usecases.asking import ask_one, consent_to_ask
from registry.consents.usecases.clicking import of_staff
from registry.consents.usecases.paper_texts import PaperText, check_text, judged_by, text_of, text_taken_back
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
        version: of the text that stands on it; the one in force where none is named.
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
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a paper stands on.

    Attributes:
        own: what its signer did before. asked: what is asked of him.
        text: the version on the paper; of a withdrawal the one that is taken back. given: the act that is.
    """

    programme: Programme
    own: list[ActRow]
    asked: Asked
    text: PaperText
    given: ActRow | None = None


_Rule = Callable[[Asked, Iterable[Act], Signature], Drafted]
_RULES: dict[ActKind, _Rule] = {
    ActKind.GIVEN: signing.give,
    ActKind.REFUSED: signing.refuse,
    ActKind.WITHDRAWN: signing.withdraw,
}


def record_paper_act(work: Work, paper: Paper) -> Signed:
    """Enter the act that a paper carries; the consent is written down too when it was not asked before.

    Raises:
        InvalidError: the date lies ahead, the place is missing, it is not done on paper, or the document has
            no such version.
        NotFoundError: the school has no such student today.
        ForbiddenError: the signer may not act for the student on that day.
        ConflictError: the state of things does not allow it.
    """
    ground = _ground(work, paper)
    drafted = _drafted(work, paper, ground)
    consent = _consent(work, ground, paper)
    around = _circumstances(work, ground, (paper, drafted))
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


def foresee_paper_act(work: Work, paper: Paper) -> str:
    """Hold a paper against the rules of today without recording it; give the version on which it stands.

    Raises:
        RegistryError: as `record_paper_act`.
    """
    ground = _ground(work, paper)
    reason_said(paper.kind, paper.reason, paper.note)
    _drafted(work, paper, ground)
    return ground.text.text.version


def counts_no_more(work: Work, paper: Paper) -> bool:
    """Tell whether what a paper gives stands on a text on which consents count no more."""
    programme = participation_of(work.connection, paper.school_id, paper.programme_id).programme
    return paper.kind is ActKind.GIVEN and text_lapsed(programme, paper.notice, paper.version)


def _drafted(work: Work, paper: Paper, ground: _Ground) -> Drafted:
    check_text(ground.text, paper.kind, paper.on_day)
    judged = replace(ground.asked, programme=judged_by(ground.programme, ground.text, paper.kind))
    return _RULES[paper.kind](judged, ground.own, Signature(paper.means, paper.on_day, work.today))


def _consent(work: Work, ground: _Ground, paper: Paper) -> Consent:
    """Find the document that a paper is about: what was given is taken back on the text that was signed."""
    if ground.given is not None:
        return get_consent(work.connection, paper.school_id, ground.given.consent_id)
    what = (paper.notice, paper.signer_id, ground.asked.about)
    wanted = consent_to_ask(work, paper.school_id, ground.programme, what)
    return ask_one(work, replace(wanted, notice_version=ground.text.text.version))


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


def _ground(work: Work, paper: Paper) -> _Ground:
    """Read what a paper stands on."""
    _check(paper)
    share(work.connection, SCHOOL_LOCK, paper.school_id)
    programme = participation_of(work.connection, paper.school_id, paper.programme_id).programme
    family = family_of(work.connection, work.vault, paper.school_id, paper.student_id, work.today)
    history = acts_of_people(work.connection, paper.school_id, paper.programme_id, {paper.signer_id})
    own = [one for one in history if one.signer == paper.signer_id]
    asked = _asked(programme, family, paper)
    given = _taken_back(paper, own, asked)
    if given is not None:
        text = text_taken_back(work, programme, paper.notice, given.notice_version)
    else:
        text = text_of(work, paper.school_id, programme, paper.notice, paper.version)
    return _Ground(programme, own, asked, text, given)


def _taken_back(paper: Paper, own: Iterable[ActRow], asked: Asked) -> ActRow | None:
    if paper.kind is not ActKind.WITHDRAWN:
        return None
    mine = [one for one in counting(own) if one.notice is paper.notice and one.about == asked.about]
    return mine[-1] if mine else None


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


def _circumstances(work: Work, ground: _Ground, said: tuple[Paper, Drafted]) -> Circumstances:
    paper, drafted = said
    text, programme = ground.text.text, ground.programme
    check = paper.check or Checked(work.actor.id)
    code, note = reason_said(paper.kind, paper.reason, paper.note)
    return Circumstances(
        text_sha256=text.sha256,
        language=text.language,
        evidence={
            "notice_version": text.version,
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
        recorded_at=time_of_next(ground.own, work.now),
        recorded_by=check.entered_by,
        place=paper.place.strip(),
        reason=code,
    )
