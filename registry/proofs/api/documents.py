"""Sealed documents over the API: which a student's family has, and each one as a file."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.api.room import PDF, STUDENT, part_of
from registry.consents.pages.room import opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.acts import ActKind
from registry.documents.pades.seen import Level
from registry.errors import N_
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.rules import NoticeKind
from registry.proofs.api.room import ACT, proofs_room
from registry.proofs.models.sealed import Stamp
from registry.proofs.pages import staff
from registry.proofs.usecases.copies import documents_of
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Text
from registry.web.current import begin_reading
from registry.web.doors import bearer, fresh_sign_in, shows_persons


class SealedTold(Told):
    """A sealed document: of which act, its exact bytes by their digest, and how far its seal reaches."""

    act_id = Id()
    signer_id = Id()
    about_id = Id()
    notice = Choice(NoticeKind)
    decision = Choice(ActKind)
    sha256 = Text()
    level = Choice(Level)
    stamp = Choice(Stamp)
    certificate = Text()


@proofs_room.serves(f"GET {STUDENT}/documents", N_("Документы с печатью об обучающемся"))
@shows_persons
@bearer(Action.CONSENT_READ)
@proofs_room.lists(SealedTold, key=lambda one: one["act_id"])
def list_documents(school_id: UUID, programme: str, student_id: UUID) -> list[dict[str, Any]]:
    """List the sealed documents of a student's family; what is not sealed, or is destroyed, is left out."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part = part_of(reading, school_id, programme)
        found = documents_of(reading, school_id, part.programme.id, people_of(family))
    saw_persons(school_id, [family.student], What.PAPER)
    return [
        {
            "act_id": one.act.id,
            "signer_id": one.act.signer,
            "about_id": one.act.about,
            "notice": one.act.notice,
            "decision": one.act.kind,
            "sha256": one.sealed.sha256,
            "level": one.sealed.level,
            "stamp": one.sealed.stamp,
            "certificate": one.sealed.certificate,
        }
        for one in found
        if one.sealed is not None and not one.gone
    ]


@proofs_room.serves(f"GET {ACT}/document", N_("Документ с печатью"))
@shows_persons
@fresh_sign_in
@bearer(Action.CONSENT_READ)
@proofs_room.files(PDF)
def give_document(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Hand out the document of a decision; whoever decided finds in the trail that it was fetched."""
    return staff.fetch_document(school_id, student_id, act_id)
