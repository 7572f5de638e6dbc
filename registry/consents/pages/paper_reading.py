"""A paper in hand: which document of whom it is, which fields it may carry, and what a form says of it."""

from dataclasses import dataclass
from uuid import UUID

from registry.access.rules import Action
from registry.consents.decisions import card_of
from registry.consents.pages.forms import Filled, errors_of
from registry.consents.pages.room import asked_participation, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.acts import ActKind
from registry.consents.rules.families import Lack, MissingField, missing_fields
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried, wrong_fields
from registry.consents.usecases.paper_texts import texts_to_choose
from registry.errors import N_, NotFoundError
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.programmes.models import NoticeText, Participation
from registry.programmes.rules import NoticeKind, Role
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Open:
    """One document of one signer about one student, opened for a paper.

    Attributes:
        texts: versions of the document that a paper may carry, the one in force first.
    """

    family: Family
    part: Participation
    signer: Person
    notice: NoticeKind
    texts: tuple[NoticeText, ...]

    @property
    def person(self) -> Person:
        """Of whose data the document speaks."""
        return self.signer if self.notice is NoticeKind.GUARDIAN_SELF else self.family.student

    @property
    def missing(self) -> tuple[MissingField, ...]:
        """What the message still needs of this person."""
        role = Role.GUARDIAN if self.notice is NoticeKind.GUARDIAN_SELF else Role.STUDENT
        return missing_fields(card_of(self.person), role, self.part.programme.fields.of(role))

    @property
    def fields(self) -> list[str]:
        """Fields that are empty; the paper may carry them."""
        return [one.field for one in self.missing if one.lack is Lack.MISSING]


def opened_here(work: Work, ids: tuple[UUID, UUID, UUID], notice: str) -> Open:
    """Open the document that an address names, in the programme that it names."""
    # Before anything is said of the school: it may be another one.
    opened_family(work, Action.PAPER_RECORD, ids[0], ids[1])
    return opened_paper(work, ids, notice, asked_participation(work, ids[0]))


def opened_paper(work: Work, ids: tuple[UUID, UUID, UUID], notice: str, part: Participation) -> Open:
    """Open a document of a signer about a student (ids of school, student, signer) in a programme.

    Raises:
        NotFoundError: there is no such document, or who asks may not record it.
    """
    school_id, student_id, signer_id = ids
    _, family = opened_family(work, Action.PAPER_RECORD, school_id, student_id)
    signer = people_of(family).get(signer_id)
    if signer is None or notice not in set(NoticeKind):
        raise NotFoundError(N_("Такого документа нет."))
    kind = NoticeKind(notice)
    return Open(family, part, signer, kind, tuple(texts_to_choose(work, part.programme, kind)))


def carried_of(opened: Open, filled: Filled) -> Carried:
    """Take from a form what the paper carries besides the decision."""
    if opened.notice is NoticeKind.CODE_AGREEMENT:
        return Carried(opened.person)
    values = {name: filled.typed[name] for name in opened.fields if name != "birth_date"}
    if "birth_date" in opened.fields:
        parts = [filled.typed[f"birth_date_{part}"].strip() for part in ("day", "month", "year")]
        values["birth_date"] = ".".join(parts) if any(parts) else ""
    return Carried(opened.person, values, vouches=filled.typed["contacts_true"] == "yes")


def field_errors(work: Work, carried: Carried) -> dict[str, str]:
    """Tell what is wrong with carried fields, in the reader's language."""
    wrong = wrong_fields(work, carried)
    return {name: next(iter(errors_of(error, name).values())) for name, error in wrong.items()}


def paper_of(opened: Open, filled: Filled) -> Paper:
    """Take from a form what the paper says."""
    return Paper(
        school_id=opened.family.school_id,
        programme_id=opened.part.programme.id,
        student_id=opened.family.student.id,
        signer_id=opened.signer.id,
        notice=opened.notice,
        kind=ActKind(filled.values["kind"]),
        on_day=filled.values["on_day"],
        place=filled.values["place"],
        reason=filled.values["reason"],
        note=filled.values["note"],
        version=filled.values["version"],
    )
