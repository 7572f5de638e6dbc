"""Papers over the API: which documents there may be, and what one of them says."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.api.room import STUDENT, consents_room, part_of
from registry.consents.decisions import decision_of
from registry.consents.models.scans import KeptScan, scans_about
from registry.consents.pages import scans
from registry.consents.pages.paper_reading import Open, opened_paper
from registry.consents.pages.papers import documents_of
from registry.consents.pages.room import opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.acts import ActKind, Standing, standing_of
from registry.consents.schemas import LONGEST_LINE, LONGEST_TEXT
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried, Entered, enter_paper, wrong_fields
from registry.documents.scans.looking import LIMITS, TYPES, look_through
from registry.errors import N_
from registry.people.dates import format_date
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.rules import NoticeKind
from registry.web.api import parsing
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Base64, Choice, Day, Id, Made, Many, Text, Whole, Within, YesNo
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in, shows_persons, takes_up_to
from registry.web.errors import told
from registry.web.idempotency import once

_PAPERS = f"{STUDENT}/papers"
_MOST_TEXT = LIMITS.packed * 4 // 3 + 4
_ROOM = 64 * 1024
ON_PAPER = (ActKind.GIVEN, ActKind.REFUSED, ActKind.WITHDRAWN)


class ScanTold(Told):
    """A scan that was kept with an act."""

    act_id = Id()
    signer_id = Id()
    about_id = Id()
    notice = Choice(NoticeKind)
    kind = Text()
    pages = Whole()


class DocumentTold(Told):
    """A document that a signer may have signed on paper, and where he stands on it."""

    signer_id = Id()
    full_name = Text()
    notice = Choice(NoticeKind)
    standing = Choice(Standing)


class CarriedBody(Body):
    """Fields that were empty and stand on the paper."""

    last_name = Text()
    first_name = Text()
    middle_name = Text()
    birth_date = Day()
    snils = Text()
    phone = Text()
    email = Text()
    address = Text(most=500)
    identity_document = Text(most=500)


class PaperBody(Body):
    """What a paper says: the decision, the day on it, and where it lies."""

    kind = Choice(tuple(str(kind) for kind in ON_PAPER), required=True)
    on_day = Day(required=True)
    place = Text(
        required=True, least=1, most=LONGEST_LINE, metadata={"description": N_("Где лежит подлинник")}
    )
    fields_carried = Within(CarriedBody, load_default=dict)
    contacts_true = YesNo(
        load_default=False, metadata={"description": N_("Подписавший подтвердил, что телефон и почта его")}
    )
    reason = Text(
        load_default="", most=LONGEST_LINE, metadata={"description": N_("Причина отказа или отзыва: код")}
    )
    note = Text(load_default="", most=LONGEST_TEXT, metadata={"description": N_("Причина своими словами")})
    scan = Base64(load_default=None, most=_MOST_TEXT, metadata={"description": N_("Скан: PDF, JPEG или PNG")})


class RecordBody(PaperBody):
    """The same of a paper that came in no stack: no square code says which text it bears."""

    version = Text(
        load_default="",
        most=40,
        metadata={"description": N_("Версия текста на бумаге; без неё та, что действует")},
    )


class EnteredTold(Told):
    """The act that was recorded, or what waits for a second person; fields that belong to somebody else."""

    act_id = Made(lambda one: str(one.signed.act_id) if one.signed else None)
    check_id = Id(allow_none=True)
    lapsed = YesNo(
        metadata={"description": N_("Дано на прежнем тексте, согласия на который больше не действуют")}
    )
    left_out = Many(Text())


@consents_room.serves(f"GET {_PAPERS}", N_("Какие бумажные документы возможны"))
@shows_persons
@bearer(Action.PAPER_RECORD)
@consents_room.lists(DocumentTold, key=lambda one: f"{one['signer_id']} {one['notice']}")
def list_papers(school_id: UUID, programme: str, student_id: UUID) -> list[dict[str, Any]]:
    """List the documents of a student's signers."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.PAPER_RECORD, school_id, student_id)
        part = part_of(reading, school_id, programme)
        acts = decision_of(reading, school_id, part.programme.id, student_id).acts.values()
        found = documents_of(reading, part, family)
    saw_persons(school_id, [family.student], What.PAPER)
    return [
        {
            "signer_id": signer.id,
            "full_name": signer.full_name,
            "notice": kind,
            "standing": standing_of(acts, kind, signer.id),
        }
        for signer, kind in found
    ]


@consents_room.serves(f"GET {STUDENT}/scans", N_("Сканы бумаг обучающегося и его представителей"))
@shows_persons
@bearer(Action.CONSENT_READ)
@consents_room.lists(ScanTold, key=lambda one: one.act_id)
def list_scans(school_id: UUID, programme: str, student_id: UUID) -> Sequence[KeptScan]:
    """List the scans of a family's papers."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part = part_of(reading, school_id, programme)
        people = people_of(family)
        found = scans_about(reading.connection, school_id, part.programme.id, people.keys())
    saw_persons(school_id, [family.student], What.PAPER)
    return list(found)


@consents_room.serves(
    "GET /schools/<uuid:school_id>/students/<uuid:student_id>/acts/<uuid:act_id>/scan", N_("Скан бумаги")
)
@shows_persons
@fresh_sign_in
@bearer(Action.CONSENT_READ)
@consents_room.files(*dict.fromkeys(TYPES.values()))
def give_scan(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Hand out the scan of a paper; whoever signed it finds in the trail that it was read."""
    return scans.give_scan(school_id, student_id, act_id)


@consents_room.serves(f"POST {_PAPERS}/<uuid:signer_id>/<notice>", N_("Записать решение с бумаги"))
@takes_up_to(_MOST_TEXT + _ROOM)
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(RecordBody)
@consents_room.answers(EnteredTold, 201)
def record_paper(said: dict[str, Any], programme: str, notice: str, **ids: UUID) -> Entered:
    """Record what the paper says, with the missing fields that it carries."""
    school_id, student_id, signer_id = ids["school_id"], ids["student_id"], ids["signer_id"]
    with begin_reading() as reading:
        # For whom else would a file be opened?
        opened_family(reading, Action.PAPER_RECORD, school_id, student_id)
    scan = look_through(said["scan"]) if said["scan"] else None
    with begin_work() as work:
        opened_family(work, Action.PAPER_RECORD, school_id, student_id)
        part = part_of(work, school_id, programme)
        opened = opened_paper(work, (school_id, student_id, signer_id), notice, part)
        values = values_of(opened, said["fields_carried"])
        carried = Carried(opened.person, values, vouches=said["contacts_true"])
        wrong = wrong_fields(work, carried)
        if wrong:
            raise parsing.wrong_fields({name: told(error) for name, error in wrong.items()})
        paper = Paper(
            school_id=school_id,
            programme_id=part.programme.id,
            student_id=student_id,
            signer_id=signer_id,
            notice=opened.notice,
            kind=ActKind(said["kind"]),
            on_day=said["on_day"],
            place=said["place"],
            scan=scan,
            reason=said["reason"],
            note=said["note"],
            version=said["version"],
        )
        return enter_paper(work, paper, carried)


def values_of(opened: Open, said: dict[str, Any]) -> dict[str, str]:
    """Write the carried fields as they would be typed.

    Raises:
        InvalidError: one of them is filled already, or is not asked.
    """
    foreign = {name: N_("Это поле уже заполнено или не нужно.") for name in said if name not in opened.fields}
    if foreign:
        raise parsing.wrong_fields(foreign)
    return {name: format_date(value) if name == "birth_date" else value for name, value in said.items()}
