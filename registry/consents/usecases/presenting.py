"""Giving a text to read: rendered for the signer, kept as he read it."""

from dataclasses import dataclass, replace

from registry.consents.models.moment import Moment, Where
from registry.consents.models.presentations import BODY, add_presentation
from registry.consents.rules.capacity import age_of
from registry.consents.usecases.standing import moment_of, people_of
from registry.errors import N_, ConflictError, NotFoundError
from registry.people.contacts import format_phone
from registry.people.models.families import Family, Guardian
from registry.people.models.persons import Person
from registry.people.models.places import School, get_school
from registry.people.relations import LABELS
from registry.programmes.facts import Facts, Occasion, Operator, Signer, Subject
from registry.programmes.models import read_programme
from registry.programmes.rendering import Rendered, render, render_form
from registry.programmes.rules import Means, NoticeKind
from registry.storage.failpoints import reach
from registry.trail.pseudonyms import look_up
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Reading:
    """A text before its reader; `where` names it for the last click."""

    where: Where
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text rendered for its reader and not kept yet."""

    reading: Reading
    moment: Moment
    age: int | None


def present(work: Work, where: Where, language: str) -> Reading:
    """Render a document for the signer, keep it as given to read, and let him decide on exactly this text.

    Raises:
        GoneError, NotFoundError, InvalidError: as in `prepare_text`.
    """
    return keep_text(work, prepare_text(work, where, language))


def keep_text(work: Work, prepared: Prepared) -> Reading:
    """Keep a text as given to read: two statements, so that who writes waits little."""
    reading = prepared.reading
    _keep(work, reading.where, prepared.moment, reading.rendered, prepared.age)
    return reading


def prepare_text(work: Work, where: Where, language: str, family: Family | None = None) -> Prepared:
    """Render a document for the signer; nothing is written.

    Args:
        work: the unit, or reading, in which all of it is read.
        where: the document and the sitting.
        language: of the reader.
        family: behind the document, where it was read in this unit before.

    Raises:
        GoneError: the sitting is over. NotFoundError: there is no such document, or the student left.
        ConflictError: `text-changed`: the document is asked with another text now.
        InvalidError: `notice-incomplete`: fields that the law wants are missing, each named.
    """
    moment = moment_of(work, where)
    programme = read_programme(work.connection, moment.version_id)
    family = family or _family(work, moment)
    notice = programme.notice(moment.notice, language)
    if notice.version != moment.notice_version:
        raise ConflictError(
            N_("У этого документа есть новый текст. Откройте его из списка решений."), code="text-changed"
        )
    rendered = render(programme, notice, facts_of(work, moment, family, Means.CODE))
    shown = replace(where, presentation_id=work.new_id())
    age = age_of(programme, family.student.birth_date, work.today)
    return Prepared(Reading(shown, rendered), moment, age)


def read_form(work: Work, where: Where, language: str) -> Rendered:
    """Render a document that cannot be signed yet, with lines where values are missing; nothing is kept.

    Raises:
        GoneError, NotFoundError: as in `present`.
    """
    moment = moment_of(work, where)
    programme = read_programme(work.connection, moment.version_id)
    notice = programme.notice(moment.notice, language)
    return render_form(programme, notice, facts_of(work, moment, _family(work, moment), Means.CODE))


def facts_of(work: Work, moment: Moment, family: Family, means: Means) -> Facts:
    """Gather what a notice says of this signing."""
    school = get_school(work.connection, family.school_id)
    occasion = Occasion(work.today, means, work.settings.base_url)
    tie = next((one for one in family.guardians if one.person.id == moment.signer_id), None)
    person = tie.person if tie else family.student
    if moment.notice is NoticeKind.CODE_AGREEMENT:
        return Facts(signer_of(person, None), operator_of(school), occasion)
    return Facts(signer_of(person, tie), operator_of(school), occasion, subject_of(family))


def operator_of(school: School) -> Operator:
    """Say who receives the consent."""
    return Operator(school.full_name, school.address, school.inn or "", school.email or "")


def subject_of(family: Family) -> Subject:
    """Say of whom the document speaks."""
    student = family.student
    return Subject(
        student.full_name,
        student.birth_date,
        student.address or "",
        student.identity_document or "",
        str(family.class_name),
    )


def signer_of(person: Person, tie: Guardian | None) -> Signer:
    """Say who signs; the tie to the student is there for a guardian."""
    contacts = [format_phone(person.phone.value)] if person.phone else []
    contacts += [person.email.value] if person.email else []
    return Signer(
        full_name=person.full_name,
        birth_date=person.birth_date,
        address=person.address or "",
        identity_document=person.identity_document or "",
        authority_document=(tie.authority_document or "") if tie else "",
        relation=LABELS[tie.relation] if tie else "",
        channels=", ".join(contacts),
    )


def _family(work: Work, moment: Moment) -> Family:
    family = people_of(work, moment)
    if family is None:
        raise NotFoundError(N_("Обучающийся больше не числится в этой школе."))
    return family


def _keep(work: Work, where: Where, moment: Moment, rendered: Rendered, age: int | None) -> None:
    if where.presentation_id is None:
        return
    # The trail meets both people here rather than at the last click, which is the one that many make at once.
    known = look_up(work.connection, where.school_id, {moment.signer_id, moment.about_id})
    wrapped = known[moment.signer_id].wrapped
    if wrapped is None:
        raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
    key = work.vault.unwrap(moment.signer_id, wrapped)
    reach("text.before-kept")
    add_presentation(
        work.connection,
        {
            "id": where.presentation_id,
            "school_id": where.school_id,
            "sitting_id": where.sitting_id,
            "consent_id": where.consent_id,
            "language": rendered.language,
            "text_sha256": rendered.sha256,
            "body": work.vault.seal(key, BODY, where.presentation_id, rendered.body),
            "age": age,
            "on_day": work.today,
            "made_of": moment.made_of,
            "served_at": work.now,
        },
    )
