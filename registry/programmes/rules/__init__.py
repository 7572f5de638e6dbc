"""Values of a programme: who must decide at which age, which fields, which notices; and the age itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from registry.errors import N_, ConflictError, NotFoundError
from registry.programmes.rules.e_learning import UNSAID, ELearning
from registry.programmes.rules.kinds import (
    AgeReached,
    AgreementBy,
    Clause,
    Means,
    NoticeKind,
    OnMajor,
    Quorum,
    Role,
)

__all__ = [
    "ADULT_FROM",
    "SIGNS_HIMSELF_FROM",
    "AgeReached",
    "AgreementBy",
    "Clause",
    "Field",
    "FieldSet",
    "Means",
    "Notice",
    "NoticeKind",
    "OnMajor",
    "Programme",
    "Quorum",
    "Receiver",
    "Role",
    "SignerRule",
    "Signers",
    "Words",
    "age_on",
    "reached_on",
]

SIGNS_HIMSELF_FROM = 14
ADULT_FROM = 18


@dataclass(frozen=True, slots=True)
class Signers:
    """Who must decide at one age: guardians by a quorum or not at all, the student or not."""

    guardians: Quorum | None
    student: bool


@dataclass(frozen=True, slots=True)
class SignerRule:
    """Who must decide, from a day on (that day included)."""

    since: date
    under_14: Signers
    from_14: Signers
    from_18: Signers

    def at_age(self, age: int) -> Signers:
        """Choose the signers of an age in full years."""
        if age >= ADULT_FROM:
            return self.from_18
        return self.from_14 if age >= SIGNS_HIMSELF_FROM else self.under_14


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a person that the message carries."""

    name: str
    required: bool = True
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class FieldSet:
    """What the message carries.

    Attributes:
        student, guardian: fields of a person, as the person's card names them.
        with_student, with_guardian: what follows from enrolment and guardianship; nobody is asked for it.
        guardians_under_18, guardians_from_18: how many guardians with own data a student of that age needs.
    """

    student: tuple[Field, ...]
    guardian: tuple[Field, ...]
    with_student: tuple[str, ...]
    with_guardian: tuple[str, ...]
    guardians_under_18: int
    guardians_from_18: int

    def of(self, role: Role) -> tuple[Field, ...]:
        """Give the fields of a role."""
        return self.student if role is Role.STUDENT else self.guardian

    def names(self, role: Role) -> tuple[str, ...]:
        """Name everything that the message says of a role, in order."""
        beside = self.with_student if role is Role.STUDENT else self.with_guardian
        return tuple(one.name for one in self.of(role)) + beside

    def guardians_with_data(self, age: int) -> int:
        """Tell how many guardians with own data a student of this age needs."""
        return self.guardians_from_18 if age >= ADULT_FROM else self.guardians_under_18


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the data, where, on what ground."""

    name: str
    address: str
    basis: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The template of one document in one language.

    Attributes:
        version: of the document in all its languages, as ``2.1``: the first number grows with what matters.
        purpose: why the data are processed, as it stands in the document and in the summary above it.
        text: the template, LF, NFC; `plain`: in simple words, above it, or nothing; sha256: of all shown.
    """

    kind: NoticeKind
    language: str
    version: str
    file: str
    purpose: str
    text: str
    sha256: str
    plain: str = ""

    @property
    def whole(self) -> str:
        """All that is shown: the simple words, where there are any, and the document."""
        return f"{self.plain}\n{self.text}" if self.plain else self.text


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language that fill the notices; part of the definition, so that a text cannot drift.

    Attributes:
        governs: which language's text decides where a translation differs; empty in that language.
    """

    not_stated: str
    no_processor: str
    fields: Mapping[str, str]
    signatures: Mapping[Means, str]
    clauses: Mapping[Clause, str]
    governs: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """One immutable version of what a target platform asks.

    Attributes:
        id: slug; version: of the definition; digest: sha256 over the definition and its texts.
        processor: who processes on the operator's behalf (name and address), None when nobody does.
        deadline: inclusive; a later message is marked late. valid_until: last day of the consents.
        grades: empty means all. consent_fields: named besides `fields` in a consent, as ``signer.address``.
        languages: of the documents, the first one is the one to fall back to.
        on_major_notice: what becomes of consents that stand when a text changes in what matters.
    """

    id: str
    version: str
    title: Mapping[str, str]
    receiver: Receiver
    processor: str | None
    deadline: date
    valid_until: date
    accepts: frozenset[Means]
    code_agreement: AgreementBy
    age_reached: AgeReached
    grades: frozenset[int]
    fields: FieldSet
    consent_fields: frozenset[str]
    actions: Mapping[str, str]
    methods: Mapping[str, str]
    words: Mapping[str, Words]
    signer_rules: tuple[SignerRule, ...]
    notices: tuple[Notice, ...]
    digest: str
    e_learning: ELearning = UNSAID
    languages: tuple[str, ...] = ("ru",)
    on_major_notice: OnMajor = OnMajor.STAND

    def rule_on(self, day: date) -> SignerRule:
        """Choose the signer rule in force on a day.

        Raises:
            ConflictError: the programme's first rule begins later.
        """
        for rule in reversed(self.signer_rules):
            if rule.since <= day:
                return rule
        raise ConflictError(
            N_("Программа начинает действовать %(day)s; до этого дня решения не собирают."),
            day=self.signer_rules[0].since.isoformat(),
        )

    def notice(self, kind: NoticeKind, language: str) -> Notice:
        """Find a notice in a language, or in the first language of the programme.

        Raises:
            NotFoundError: the programme asks nothing of this kind.
        """
        of_kind = [one for one in self.notices if one.kind is kind]
        for one in of_kind:
            if one.language == language:
                return one
        if not of_kind:
            raise NotFoundError(N_("В этой программе такого документа нет."))
        return of_kind[0]

    def number_of(self, kind: NoticeKind) -> str:
        """Give the number of a document's version; empty where the programme asks nothing of this kind."""
        return next((one.version for one in self.notices if one.kind is kind), "")

    def concerns(self, grade: int | None) -> bool:
        """Tell whether a grade takes part; a student whose grade is unknown does."""
        return not self.grades or grade is None or grade in self.grades


def reached_on(birth: date, years: int, reached: AgeReached) -> date:
    """Give the day on which somebody reaches an age; born on 29 February: 1 March in other years."""
    year = birth.year + years
    try:
        birthday = birth.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return birthday + timedelta(days=1) if reached is AgeReached.DAY_AFTER else birthday


def age_on(birth: date, day: date, reached: AgeReached) -> int:
    """Count the full years of somebody on a legal day; 0 before the first."""
    years = max(day.year - birth.year, 0)
    # "The day after" of a birthday on 31 December falls into the next year.
    if reached_on(birth, years, reached) > day:
        years -= 1
    return max(years, 0)
