"""What may be written into the trail: the closed list of types, who acted, on what, about whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from registry.storage.schema import Json
from registry.trail.purposes import Purpose


class EntryType(StrEnum):
    """Everything that can happen. The verifier knows this list; a type is added, never renamed."""

    INSTALLATION_STARTED = "installation.started"
    TRAIL_SILENT = "trail.silent"
    EPOCH_BEGAN = "trail.epoch-began"
    AGREEMENT_GIVEN = "agreement.given"
    AGREEMENT_ENDED = "agreement.ended"
    CONSENT_ASKED = "consent.asked"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_INVALIDATED = "consent.invalidated"
    INVALIDATION_ASKED = "invalidation.asked"
    INVALIDATION_ANSWERED = "invalidation.answered"
    OPT_OUT_GIVEN = "opt-out.given"
    OPT_OUT_ENDED = "opt-out.ended"
    DISCLOSURE_MADE = "disclosure.made"
    DISCLOSURE_REFUSED = "disclosure.refused"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    SPECIAL_NEEDS_NOTED = "special-needs.noted"
    SPECIAL_NEEDS_ENDED = "special-needs.ended"
    PERSON_VIEWED = "person.viewed"
    PERSON_EXPORTED = "person.exported"
    LIST_VIEWED = "list.viewed"
    PERSONS_MERGED = "person.merged"
    IDENTIFIER_COLLIDED = "identifier.collided"
    IDENTIFIER_SETTLED = "identifier.settled"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_CONFIRMED = "contact.confirmed"
    CONTACT_FAILED = "contact.failed"
    ENROLMENT_STARTED = "enrolment.started"
    ENROLMENT_CHANGED = "enrolment.changed"
    ENROLMENT_ENDED = "enrolment.ended"
    GUARDIANSHIP_STARTED = "guardianship.started"
    GUARDIANSHIP_CHANGED = "guardianship.changed"
    GUARDIANSHIP_ENDED = "guardianship.ended"
    REGION_CHANGED = "region.changed"
    SCHOOL_ADDED = "school.added"
    SCHOOL_CHANGED = "school.changed"
    CLASS_ADDED = "class.added"
    CLASS_CHANGED = "class.changed"
    STAFF_ADDED = "staff.added"
    STAFF_CHANGED = "staff.changed"
    STAFF_ENDED = "staff.ended"
    ROSTER_UPLOADED = "roster.uploaded"
    ROSTER_APPROVED = "roster.approved"
    ROSTER_CANCELLED = "roster.cancelled"
    ROSTER_UNDONE = "roster.undone"
    PROGRAMME_PUBLISHED = "programme.published"
    PROGRAMME_JOINED = "programme.joined"
    PROGRAMME_LEFT = "programme.left"
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_DRAFTED = "notice.drafted"
    NOTICE_PROPOSED = "notice.proposed"
    NOTICE_APPROVED = "notice.approved"
    NOTICE_DECLINED = "notice.declined"
    NOTICE_DROPPED = "notice.dropped"
    INVITATION_SENT = "invitation.sent"
    INVITATION_OPENED = "invitation.opened"
    INVITATION_USED = "invitation.used"
    INVITATION_VOIDED = "invitation.voided"
    CODE_SENT = "code.sent"
    CODE_FAILED = "code.failed"
    CODE_ACCEPTED = "code.accepted"
    ESIA_IDENTIFIED = "esia.identified"
    ESIA_DECLINED = "esia.declined"
    ESIA_TOLD = "esia.told"
    ESIA_STATE_CHANGED = "esia.state-changed"
    ESIA_SETTLED = "esia.settled"
    LETTER_PROMISED = "letter.promised"
    LETTER_SENT = "letter.sent"
    LETTER_FAILED = "letter.failed"
    LETTER_PRINTED = "letter.printed"
    DOCUMENT_MADE = "document.made"
    DOCUMENT_SEALED = "document.sealed"
    DOCUMENT_FETCHED = "document.fetched"
    DOCUMENT_ATTACHED = "document.attached"
    EXPORT_ORDERED = "export.ordered"
    EXPORT_MADE = "export.made"
    EXPORT_CHANGED = "export.changed"
    EXPORT_FETCHED = "export.fetched"
    PAPERS_BROUGHT = "papers.brought"
    PAPERS_READ = "papers.read"
    PAPER_PAGE_PLACED = "paper.page-placed"
    PAPER_PAGE_THROWN = "paper.page-thrown"
    PAPER_FORM_SETTLED = "paper.form-settled"
    PAPER_ENTERED = "paper.entered"
    PAPER_CONFIRMED = "paper.confirmed"
    PAPER_SENT_BACK = "paper.sent-back"
    SUBMISSION_OPENED = "submission.opened"
    SUBMISSION_PREPARED = "submission.prepared"
    SUBMISSION_SIGNED_OFF = "submission.signed-off"
    SUBMISSION_VOIDED = "submission.voided"
    SUBMISSION_SEALED = "submission.sealed"
    SUBMISSION_STOPPED = "submission.stopped"
    SUBMISSION_SENT = "submission.sent"
    SUBMISSION_UNKNOWN = "submission.unknown"
    SUBMISSION_ACKNOWLEDGED = "submission.acknowledged"
    SUBMISSION_REJECTED = "submission.rejected"
    SUBMISSION_CORRECTED = "submission.corrected"
    WITHDRAWAL_SENT = "withdrawal.sent"
    WITHDRAWAL_ACKNOWLEDGED = "withdrawal.acknowledged"
    TASK_GIVEN = "task.given"
    TASK_DONE = "task.done"
    DEFINITION_PUBLISHED = "definition.published"
    DEFINITION_DRAFTED = "definition.drafted"
    DEFINITION_PROPOSED = "definition.proposed"
    DEFINITION_APPROVED = "definition.approved"
    DEFINITION_DECLINED = "definition.declined"
    DEFINITION_DROPPED = "definition.dropped"
    CASE_STARTED = "case.started"
    CASE_MOVED = "case.moved"
    CASE_MIGRATED = "case.migrated"
    CASE_ESCALATED = "case.escalated"
    CASE_COMMENTED = "case.commented"
    ACCOUNT_REQUESTED = "account.requested"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_HANDED_OVER = "account.handed-over"
    ACCOUNT_TRANSFERRED = "account.transferred"
    ACCOUNT_CLOSED = "account.closed"
    QUOTA_CHANGED = "quota.changed"
    REPORT_UPLOADED = "report.uploaded"
    REPORT_MADE = "report.made"
    EXCHANGE_MADE = "exchange.made"
    REQUEST_RECEIVED = "request.received"
    REQUEST_ANSWERED = "request.answered"
    SUBJECT_BLOCKED = "subject.blocked"
    SUBJECT_UNBLOCKED = "subject.unblocked"
    SUBJECT_ERASED = "subject.erased"
    EVIDENCE_ERASED = "evidence.erased"
    DESTRUCTION_BEGUN = "destruction.begun"
    DESTRUCTION_DONE = "destruction.done"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    USER_SIGNED_IN = "user.signed-in"
    USER_SIGNED_OUT = "user.signed-out"
    USER_REFUSED = "user.refused"
    USER_STEPPED_UP = "user.stepped-up"
    USER_CLOSED = "user.closed"
    USER_REOPENED = "user.reopened"
    USER_LINK_MADE = "user.link-made"
    USER_PASSWORD_SET = "user.password-set"  # noqa: S105 - the name of what happened
    USER_FACTOR_ADDED = "user.factor-added"
    USER_FACTOR_DROPPED = "user.factor-dropped"
    USER_CODES_MADE = "user.recovery-codes-made"
    USER_RECOVERED = "user.recovery-code-used"
    USER_SESSIONS_ENDED = "user.sessions-ended"
    PURPOSE_STATED = "purpose.stated"
    ROLE_GIVEN = "user.role-given"
    ROLE_ENDED = "user.role-ended"
    TOKEN_MADE = "token.made"  # noqa: S105 - the name of what happened
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - the same
    SETTING_CHANGED = "setting.changed"
    PROMISE_REOPENED = "promise.reopened"
    KEY_CREATED = "key.created"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"
    KEY_MADE = "key.made"
    KEY_PINNED = "key.pinned"
    KEY_CONFIRMED = "key.confirmed"
    KEY_DECLINED = "key.declined"
    KEY_ACTIVATED = "key.activated"
    KEY_RETIRED = "key.retired"
    KEY_STOPPED = "key.stopped"
    KEY_REVOCATION_MADE = "key.revocation-made"
    KEY_EXPIRING = "key.expiring"
    DATA_KEY_BEGAN = "data-key.began"
    DATA_KEY_RESEALED = "data-key.resealed"
    DATA_KEY_ALONE = "data-key.alone"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        kind, id: what sort of actor; the person or user, none for the registry itself, shown as a pseudonym.
        role, auth: in what capacity (``mother``), how it was known (``sms-otp``): short codes, no free text.
        school, purpose: for which school staff act; for what one reads, as his reads tell the persons.
    """

    kind: Literal["staff", "guardian", "student", "system", "platform"]
    id: UUID | None
    role: str
    auth: str
    school: UUID | None = None
    purpose: Purpose | None = None


SYSTEM = Actor("system", None, "system", "system")
"""The registry itself: jobs, clocks, start."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """The version of an object that an entry is about.

    Versions count 1, 2, 3, ... over the entries with a state; one without names the version that stands.
    """

    kind: str
    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Slot:
    """What an entry says of a person, readable until he is erased; a payload of None only names him."""

    subject: UUID
    payload: Mapping[str, Json] | None


ENDED: Mapping[str, Json] = {}
"""The state of an object that stands no longer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        type, object: from the closed list; what it happened to.
        state: the object's whole new state as plain JSON, committed in the leaf and never readable from it;
            `ENDED` when the object stands no longer, None when the entry changes nothing of the object.
        tenant, slots: the school, None for none; what it says about persons, one slot a person.
    """

    type: EntryType
    object: ObjectRef
    state: Mapping[str, Json] | None
    tenant: UUID | None
    slots: tuple[Slot, ...] = ()
