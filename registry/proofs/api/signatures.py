"""Files of signatures over the API: which an act has, another one to it, and each one as a file."""

from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.models.signatures import KeptSignature, OpenedSignature, signatures_of_act
from registry.consents.pages.room import opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.signatures import Match
from registry.documents.cms.looking import MOST_BYTES
from registry.documents.cms.verifying import Verdict
from registry.errors import N_
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.proofs.api.room import ACT, proofs_room
from registry.proofs.pages import signatures
from registry.proofs.pages.signatures import MEDIA_TYPE, Ids, attach_for_staff
from registry.proofs.usecases.attaching import signed_act
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Base64, Choice, Id, Moment, Text
from registry.web.current import begin_reading
from registry.web.doors import bearer, fresh_sign_in, shows_persons, takes_up_to
from registry.web.idempotency import once

_MOST_TEXT: Final = MOST_BYTES * 4 // 3 + 4
_ROOM: Final = 64 * 1024
_SIGNATURES: Final = f"{ACT}/signatures"


class SignatureTold(Told):
    """A file of a signature: what its digest fits, whether it was verified, and whom it names, unverified."""

    id = Id()
    sha256 = Text()
    algorithm = Text(metadata={"description": N_("Вид отпечатка документа: OID")})
    match = Choice(Match, metadata={"description": N_("Какому документу решения соответствует отпечаток")})
    document_sha256 = Text(allow_none=True)
    verdict = Choice(Verdict, metadata={"description": N_("Проверена ли подпись")})
    judged_by = Text(allow_none=True)
    name = Text(allow_none=True, metadata={"description": N_("Кто подписал, по словам сертификата")})
    snils = Text(allow_none=True)
    inn = Text(allow_none=True)
    issuer = Text(allow_none=True)
    serial = Text(allow_none=True)
    begins = Moment(allow_none=True)
    ends = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    added_at = Moment()
    added_by = Id(allow_none=True)


class SignatureBody(Body):
    """A file of a detached signature."""

    signature = Base64(
        required=True,
        least=4,
        most=_MOST_TEXT,
        metadata={"description": N_("Файл .sig или .p7s: DER, PEM или Base64")},
    )


class AttachedTold(Told):
    """The file that was attached: what its digest fits, and whether it was verified."""

    id = Id()
    sha256 = Text()
    match = Choice(Match)
    verdict = Choice(Verdict)


@proofs_room.serves(f"GET {_SIGNATURES}", N_("Файлы подписи к решению"))
@shows_persons
@bearer(Action.CONSENT_READ)
@proofs_room.lists(SignatureTold, key=lambda one: one["id"])
def list_signatures(school_id: UUID, student_id: UUID, act_id: UUID) -> list[dict[str, Any]]:
    """List the files that were attached to an act."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        people = people_of(family)
        act = signed_act(reading, school_id, act_id, people.keys())
        found = signatures_of_act(reading.connection, reading.vault, school_id, act.id)
    saw_persons(school_id, [people[one] for one in dict.fromkeys((act.signer, act.about))], What.PROOF)
    return [_told(one) for one in found]


@proofs_room.serves(f"POST {_SIGNATURES}", N_("Приложить файл подписи к решению"))
@takes_up_to(_MOST_TEXT + _ROOM)
@bearer(Action.PAPER_RECORD)
@once
@proofs_room.takes(SignatureBody)
@proofs_room.answers(AttachedTold, 201)
def attach_signature(said: dict[str, Any], school_id: UUID, student_id: UUID, act_id: UUID) -> KeptSignature:
    """Attach a file; the act stays what it is."""
    return attach_for_staff(Ids(school_id, student_id, act_id), said["signature"])


@proofs_room.serves(f"GET {_SIGNATURES}/<uuid:signature_id>", N_("Файл подписи"))
@shows_persons
@fresh_sign_in
@bearer(Action.CONSENT_READ)
@proofs_room.files(MEDIA_TYPE)
def give_signature(**ids: UUID) -> ResponseReturnValue:
    """Hand out a file of a signature; whoever decided finds in the trail that it was fetched."""
    return signatures.fetch_signature(**ids)


def _told(one: OpenedSignature) -> dict[str, Any]:
    kept, said = one.kept, one.said
    names = ("id", "sha256", "algorithm", "match", "document_sha256", "verdict", "judged_by")
    told = {name: getattr(kept, name) for name in (*names, "added_at", "added_by")}
    certificate = said.certificate if said else None
    of_certificate = ("name", "snils", "inn", "issuer", "serial", "begins", "ends")
    told |= {name: getattr(certificate, name, None) or None for name in of_certificate}
    return told | {"signed_at": said.signed_at if said else None}
