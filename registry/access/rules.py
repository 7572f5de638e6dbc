"""Who may do what, and where: one table of role, kind of scope and action."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from registry.errors import N_, InvalidError


class Role(StrEnum):
    """In what capacity somebody uses the registry."""

    TUTOR = "tutor"
    CLERK = "clerk"
    DIRECTOR = "director"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    GUARDIAN = "guardian"
    STUDENT = "student"
    PLATFORM = "platform"


class Scope(StrEnum):
    """How far a right reaches: from one person's own affairs to the whole installation."""

    SELF = "self"
    CLASS = "class"
    SCHOOL = "school"
    MUNICIPALITY = "municipality"
    REGION = "region"
    INSTALLATION = "installation"


class Action(StrEnum):
    """What a door lets somebody do; every route names one."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    PEOPLE_READ = "people.read"
    PERSON_READ = "person.read"
    PERSON_EDIT = "person.edit"
    PERSON_ERASE = "person.erase"
    ROSTER_UPLOAD = "roster.upload"
    ROSTER_APPROVE = "roster.approve"
    PROGRAMME_READ = "programme.read"
    PROGRAMME_JOIN = "programme.join"
    PROGRAMME_MANAGE = "programme.manage"
    INVITE = "letter.invite"
    CONSENT_READ = "consent.read"
    FORM_PRINT = "consent.print"
    PAPER_RECORD = "consent.record-paper"
    PAPER_CHECK = "consent.check-paper"
    ACT_INVALIDATE = "consent.invalidate"
    DOCUMENT_EXPORT = "consent.export"
    DECIDE = "consent.decide"
    READINESS_READ = "readiness.read"
    SUBMISSION_READ = "submission.read"
    SUBMISSION_PREPARE = "submission.prepare"
    SUBMISSION_SIGN_OFF = "submission.sign-off"
    SUBMISSION_RESOLVE = "submission.resolve"
    SUBMISSION_ACKNOWLEDGE = "submission.acknowledge"
    PLATFORM_ANSWER = "submission.answer"
    CASE_READ = "case.read"
    CASE_ADVANCE = "case.advance"
    DEFINITION_MANAGE = "definition.manage"
    TRAIL_READ = "trail.read"
    USER_MANAGE = "user.manage"
    DELEGATE = "user.delegate"
    SCHOOL_MANAGE = "school.manage"
    INSTALLATION_READ = "installation.read"
    PROMISE_REOPEN = "promise.reopen"
    KEY_READ = "key.read"
    KEY_MANAGE = "key.manage"
    COLLISION_SETTLE = "collision.settle"


@dataclass(frozen=True, slots=True)
class Right:
    """One role of one person in one place.

    Attributes:
        role: the capacity.
        scope: how far it reaches.
        place_id: id of the class, school, municipality, region or person; none for the installation.
        school_id: the school that the role belongs to, where there is one.
        actions: of a deputy, the few actions that he was given of the role; none: all of them.
        only: the actions to which a machine's token narrows the role; none where a person acts himself.
    """

    role: Role
    scope: Scope
    place_id: UUID | None = None
    school_id: UUID | None = None
    actions: frozenset[Action] | None = None
    only: frozenset[Action] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands; what is not known of it stays empty and is reached by wider scopes only."""

    region: UUID | None = None
    municipality: UUID | None = None
    school: UUID | None = None
    classroom: UUID | None = None
    person: UUID | None = None


_TUTOR = frozenset(
    {
        Action.PEOPLE_READ,
        Action.PERSON_READ,
        Action.PERSON_EDIT,
        Action.ROSTER_UPLOAD,
        Action.ROSTER_APPROVE,
        Action.PROGRAMME_READ,
        Action.INVITE,
        Action.CONSENT_READ,
        Action.FORM_PRINT,
        Action.PAPER_RECORD,
        Action.ACT_INVALIDATE,
        Action.READINESS_READ,
        Action.CASE_READ,
        Action.CASE_ADVANCE,
        Action.DELEGATE,
    }
)
_CLERK = _TUTOR | {Action.PROGRAMME_JOIN, Action.SUBMISSION_READ, Action.SUBMISSION_PREPARE}
_CLERK |= {Action.SUBMISSION_ACKNOWLEDGE, Action.PAPER_CHECK}
_DIRECTOR = _CLERK | {Action.SUBMISSION_SIGN_OFF, Action.SUBMISSION_RESOLVE}
_DIRECTOR |= {Action.TRAIL_READ, Action.USER_MANAGE, Action.PERSON_ERASE}
_READING = frozenset({Action.PROGRAMME_READ, Action.READINESS_READ, Action.SUBMISSION_READ, Action.CASE_READ})
_KEYS = frozenset({Action.KEY_READ, Action.KEY_MANAGE})
_COORDINATOR = _READING | {Action.PEOPLE_READ, Action.PERSON_READ, Action.CASE_ADVANCE}
_COORDINATOR |= {Action.COLLISION_SETTLE, Action.DOCUMENT_EXPORT}
_OPERATOR = (
    _READING
    | _KEYS
    | {
        Action.PROGRAMME_MANAGE,
        Action.SUBMISSION_RESOLVE,
        Action.SUBMISSION_ACKNOWLEDGE,
        Action.CASE_ADVANCE,
        Action.DEFINITION_MANAGE,
        Action.TRAIL_READ,
        Action.COLLISION_SETTLE,
        Action.DOCUMENT_EXPORT,
    }
)
_WATCHING = frozenset({Action.INSTALLATION_READ, Action.PROMISE_REOPEN})  # for rights of no one place
_AUDITOR = _READING | {
    Action.PEOPLE_READ,
    Action.PERSON_READ,
    Action.CONSENT_READ,
    Action.TRAIL_READ,
    Action.KEY_READ,
}
_ADMINISTRATOR = _KEYS | _WATCHING | {Action.USER_MANAGE, Action.SCHOOL_MANAGE, Action.DEFINITION_MANAGE}

TABLE: dict[tuple[Role, Scope], frozenset[Action]] = {
    (Role.TUTOR, Scope.CLASS): _TUTOR,
    (Role.CLERK, Scope.SCHOOL): _CLERK,
    (Role.DIRECTOR, Scope.SCHOOL): _DIRECTOR,
    (Role.COORDINATOR, Scope.MUNICIPALITY): _COORDINATOR,
    (Role.COORDINATOR, Scope.REGION): _COORDINATOR,
    (Role.OPERATOR, Scope.REGION): _OPERATOR,
    (Role.OPERATOR, Scope.INSTALLATION): _OPERATOR | _WATCHING | {Action.PERSON_ERASE},
    (Role.AUDITOR, Scope.SCHOOL): _AUDITOR,
    (Role.AUDITOR, Scope.MUNICIPALITY): _AUDITOR,
    (Role.AUDITOR, Scope.REGION): _AUDITOR,
    (Role.AUDITOR, Scope.INSTALLATION): _AUDITOR,
    (Role.ADMINISTRATOR, Scope.INSTALLATION): _ADMINISTRATOR,
    (Role.GUARDIAN, Scope.SELF): frozenset({Action.DECIDE}),
    (Role.STUDENT, Scope.SELF): frozenset({Action.DECIDE}),
    (Role.PLATFORM, Scope.INSTALLATION): frozenset({Action.PLATFORM_ANSWER}),
}
"""The one table of rights: which role, given how far, may do what inside its place."""

_PERSONAL = frozenset({Action.PUBLIC, Action.SIGNED_IN, Action.DECIDE, Action.PLATFORM_ANSWER})
"""What no member of staff hands on to a machine: it needs no right, or is not his."""

OPEN_TO_ALL = frozenset({Action.PUBLIC})
OPEN_TO_SIGNED_IN = frozenset({Action.PUBLIC, Action.SIGNED_IN})


def may(rights: Iterable[Right], action: Action, place: Place) -> bool:
    """Decide whether somebody with these rights may do this with an object that stands there."""
    return any(reaches(right, place) for right in rights_for(rights, action))


def rights_for(rights: Iterable[Right], action: Action) -> tuple[Right, ...]:
    """Choose the rights that allow an action somewhere; empty when there is nowhere."""
    return tuple(right for right in rights if _allows(right, action))


def _allows(right: Right, action: Action) -> bool:
    narrowed = all(one is None or action in one for one in (right.actions, right.only))
    return narrowed and action in TABLE.get((right.role, right.scope), ())


def reaches(right: Right, place: Place) -> bool:
    """Say whether a right's scope takes in the place; an unknown part of a place is never reached."""
    if right.scope is Scope.INSTALLATION:
        return True
    return right.place_id is not None and right.place_id == _part(place, right.scope)


def _part(place: Place, scope: Scope) -> UUID | None:
    parts = {
        Scope.SELF: place.person,
        Scope.CLASS: place.classroom,
        Scope.SCHOOL: place.school,
        Scope.MUNICIPALITY: place.municipality,
        Scope.REGION: place.region,
    }
    return parts.get(scope)


def check_right(right: Right) -> Right:
    """Refuse a right that the table does not know, or one whose place is missing.

    Raises:
        InvalidError: the role cannot be given for this kind of place, or the place is not named.
    """
    if (right.role, right.scope) not in TABLE:
        raise InvalidError(
            N_("Роль «%(role)s» нельзя дать на уровне «%(scope)s»."), role=right.role, scope=right.scope
        )
    if (right.scope is Scope.INSTALLATION) != (right.place_id is None):
        raise InvalidError(N_("Для этой роли укажите место: класс, школу, муниципалитет или регион."))
    return right


def grantable(rights: Iterable[Right]) -> tuple[Action, ...]:
    """List what somebody with these rights may hand on to a machine, in the order of the actions."""
    held = list(rights)
    return tuple(action for action in Action if action not in _PERSONAL and rights_for(held, action))
