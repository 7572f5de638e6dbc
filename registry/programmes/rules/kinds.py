"""The words that a programme chooses among: kinds of documents, means, ages, quorums."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a document asks: one document, one consent."""

    STUDENT_BY_GUARDIAN = "student_by_guardian"
    STUDENT_SELF = "student_self"
    GUARDIAN_SELF = "guardian_self"
    CODE_AGREEMENT = "code_agreement"


class Means(StrEnum):
    """How a document was signed."""

    PAPER = "paper"
    CODE = "code"
    QUALIFIED = "qualified"


class AgeReached(StrEnum):
    """On which day an age counts as reached."""

    BIRTHDAY = "birthday"
    DAY_AFTER = "day_after"


class AgreementBy(StrEnum):
    """How the agreement on the simple signature may be concluded."""

    PAPER = "paper"
    ONLINE = "online"


class Quorum(StrEnum):
    """How many of the guardians must have given."""

    ANY = "any_guardian"
    ALL = "all_guardians"


class Role(StrEnum):
    """Whose field it is."""

    STUDENT = "student"
    GUARDIAN = "guardian"


class Clause(StrEnum):
    """A part of a notice that stands in it only when its condition holds."""

    STUDENT_FROM_14 = "student_from_14"


class OnMajor(StrEnum):
    """What becomes of consents that stand when a document's text changes in what matters."""

    STAND = "stand"
    LAPSE = "lapse"
