"""Writing an act: the row, its entry in the trail, and what has to follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.consents import facts
from registry.consents.models.tables import acts
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import Drafted
from registry.programmes.rules import NoticeKind
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, Slot
from registry.trail.recorded import Recorded
from registry.trail.rows import Beside
from registry.work import Work

TELL_OF_WITHDRAWAL = "submissions.tell_of_withdrawal"
"""Promised with school_id, programme_id, student_id when a student's decision may be no longer "given"."""


@dataclass(frozen=True, slots=True)
class Document:
    """Which document an act is on."""

    school_id: UUID
    programme: str
    consent_id: UUID
    notice: NoticeKind
    notice_version: str
    signer_id: UUID
    about_id: UUID

    def as_committed(self) -> dict[str, object]:
        """Say of the document what the trail commits to with an act on it."""
        return {
            "programme": self.programme,
            "notice": self.notice,
            "notice_version": self.notice_version,
            "signer_id": self.signer_id,
            "about_id": self.about_id,
        }


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What goes into the act's row besides what the rules say.

    Attributes:
        text_sha256: of the text that was read. evidence: sealed for the signer, in the trail.
        recorded_at: now, or just after the acts that it follows where the clock was put back.
        recorded_by: the member of staff, for a paper or an invalidation.
    """

    text_sha256: str
    language: str
    evidence: Mapping[str, Json]
    recorded_at: datetime
    recorded_by: UUID | None = None
    place: str | None = None
    presentation_id: UUID | None = None
    contact_changed: bool = False
    invalidates: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A written act; `recorded.receipt` is the registry's signed proof that it entered the trail."""

    act_id: UUID
    kind: ActKind
    recorded: Recorded


def write_act(work: Work, document: Document, drafted: Drafted, around: Circumstances) -> Signed:
    """Write an act and its entry; two statements, three where the trail first meets the signer.

    On SQLite, where a statement is no round trip, three more.
    """
    row = _row(work, document, drafted, around)
    slots = [Slot(document.signer_id, around.evidence)]
    if document.about_id != document.signer_id:
        slots.append(Slot(document.about_id, None))
    reach("act.before-row")
    recorded = work.record(
        Entry(
            facts.entry_type(document.notice, drafted.kind),
            facts.act_ref(row["id"]),
            facts.state_of(row, document.as_committed()),
            document.school_id,
            tuple(slots),
        ),
        Beside(acts, row),
    )
    reach("act.after-row")
    return Signed(row["id"], drafted.kind, recorded)


def tell_if_lost(work: Work, school_id: UUID, programme: str, student_id: UUID) -> None:
    """Promise that the receiver is told when a student may be in its hands no longer.

    Whether he still may is for the job to evaluate: the signer need not wait for that, nor others for him.
    """
    reach("act.before-promise")
    work.later(
        TELL_OF_WITHDRAWAL,
        school_id=str(school_id),
        programme_id=programme,
        student_id=str(student_id),
    )
    reach("act.after-promise")


def _row(work: Work, document: Document, drafted: Drafted, around: Circumstances) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "school_id": document.school_id,
        "consent_id": document.consent_id,
        "kind": drafted.kind.value,
        "capacity": drafted.capacity.value,
        "means": drafted.means.value,
        "text_sha256": around.text_sha256,
        "language": around.language,
        "on_day": drafted.on_day,
        "recorded_at": around.recorded_at,
        "recorded_by": around.recorded_by,
        "agreement_act_id": drafted.agreement,
        "invalidates": around.invalidates,
        "reason": around.reason,
        "place": around.place,
        "presentation_id": around.presentation_id,
        "contact_changed": around.contact_changed,
    }
