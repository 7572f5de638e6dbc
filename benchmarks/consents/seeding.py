"""A school full of guardians who have read everything and are about to press the last button."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from registry.access.models.sessions import Holder
from registry.access.rules import Role
from registry.access.usecases.sessions import open_session
from registry.consents.models.moment import Where, find_moment
from registry.consents.models.presentations import add_presentation
from registry.consents.models.tables import codes, consents, invitations, sittings
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.asking import ask
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.identifying import PLACE
from registry.consents.usecases.online import record_online_act
from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.models import writing
from registry.people.models.persons import Source
from registry.people.models.places import get_school
from registry.people.models.tables import enrolments, guardianships
from registry.people.models.writing import NewContact, NewPerson
from registry.people.usecases import places
from registry.people.usecases.places import SchoolSaid
from registry.programmes import usecases as programmes
from registry.programmes.rules import NoticeKind
from registry.storage.schema import Json
from registry.storage.vault import SubjectKey
from registry.trail.canonical import canonical
from registry.trail.entries import SYSTEM, Actor
from registry.trail.pseudonyms import look_up
from registry.work import Registry, Work

PROGRAMME = "mesh-2020"
CLASS_OF, GRADES = 30, (1, 2, 3, 4)
AGE = 9
NAME = "Образцова Вера Петровна"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One guardian before one child's consent: his cookie and the text that he read."""

    school_id: UUID
    consent_id: UUID
    agreement_act_id: UUID
    token: str
    presentation_id: UUID


@dataclass(frozen=True, slots=True)
class _Signer:
    guardian_id: UUID
    student_id: UUID
    consent_id: UUID
    agreement_id: UUID
    sitting_id: UUID


def seed(registry: Registry, count: int, ready: int | None = None) -> list[Waiting]:
    """Make a school where so many guardians, or the first few of them, are ready for the last click."""
    with registry.work(SYSTEM) as work:
        school_id = ask_school(work, count)
        signers = _signers(work, school_id)
        _open_sittings(work, school_id, signers)
    return [_prepare(registry, school_id, one) for one in signers[:ready]]


def decided(registry: Registry, count: int, body: bytes) -> UUID:
    """Make a school where so many guardians have concluded the agreement and consented, each to such a text.

    Gives the region that the school stands in.
    """
    with registry.work(SYSTEM) as work:
        school_id = ask_school(work, count)
        signers = _signers(work, school_id)
        _open_sittings(work, school_id, signers)
        region_id = get_school(work.connection, school_id).region_id
    for one in signers:
        actor = Actor("guardian", one.guardian_id, "guardian", "sms-code", school_id)
        with registry.work(actor) as work:
            look_up(work.connection, school_id, {one.guardian_id, one.student_id})
            for consent_id in (one.agreement_id, one.consent_id):
                shown = _show(work, Where(school_id, one.sitting_id, consent_id), one.guardian_id, body)
                record_online_act(work, shown, Said(ActKind.GIVEN, NAME))
    return region_id


def ask_school(work: Work, count: int) -> UUID:
    """Make a school in the programme with so many families, and ask every guardian; give its id."""
    programmes.publish(work)
    school_id = _school(work)
    programmes.join(work, school_id, PROGRAMME)
    _families(work, school_id, count)
    ask(work, school_id, PROGRAMME)
    return school_id


def _school(work: Work) -> UUID:
    region = places.add_region(work, "27", "Хабаровский край")
    town = places.add_municipality(work, region.id, "Город Хабаровск")
    said = SchoolSaid(
        town.id,
        "17",
        "МБОУ СОШ № 17",
        "Муниципальное бюджетное общеобразовательное учреждение № 17",
        "г. Хабаровск, ул. Выдуманная, д. 17",
        "2721000018",
        "school17@example.org",
    )
    return places.add_school(work, said).id


def _families(work: Work, school_id: UUID, count: int) -> None:
    names = frozenset(ClassName(grade, letter) for grade in GRADES for letter in "АБВГДЕЖЗ")
    class_ids = [one.id for one in places.open_classes(work, school_id, names).values()]
    pairs = [(work.new_id(), work.new_id()) for _ in range(count)]
    people = [one for guardian, student in pairs for one in (_person(guardian, 1985), _person(student, 2011))]
    keys = writing.add_persons(work.connection, work.vault, people)
    phones = [
        NewContact(work.new_id(), guardian, ContactKind.PHONE, f"+7914{number:07d}", Source.ROSTER)
        for number, (guardian, _) in enumerate(pairs)
    ]
    writing.add_contacts(work.connection, work.vault, keys, phones)
    rows = [
        {
            "id": work.new_id(),
            "school_id": school_id,
            "class_id": class_ids[number // CLASS_OF % len(class_ids)],
            "person_id": student,
            "valid_from": work.today,
        }
        for number, (_, student) in enumerate(pairs)
    ]
    work.connection.execute(insert(enrolments), rows)
    ties = [_tie(work, keys[guardian], student) for guardian, student in pairs]
    work.connection.execute(insert(guardianships), ties)


def _tie(work: Work, key: SubjectKey, student: UUID) -> dict[str, object]:
    tie, words = work.new_id(), "свидетельство о рождении, I-ДВ 000017, 01.06.2011, ЗАГС города"
    return {
        "id": tie,
        "student_id": student,
        "guardian_id": key.subject,
        "relation": "mother",
        "authority_document": work.vault.seal(key, "guardianships.authority_document", tie, words),
        "valid_from": work.today,
        "barred": False,
        "version": 0,
    }


def _person(person_id: UUID, born: int) -> NewPerson:
    last, first, middle = NAME.split(" ")
    values = {
        "last_name": last,
        "first_name": first,
        "middle_name": middle,
        "birth_date": date(born, 5, 17),
        "address": "г. Хабаровск, ул. Примерная, д. 5, кв. 17",
        "identity_document": "паспорт, 0800 000017, 01.06.2015, Отделом внутренних дел",
    }
    return NewPerson(person_id, values)


def _signers(work: Work, school_id: UUID) -> list[_Signer]:
    found: dict[UUID, dict[str, tuple[UUID, UUID]]] = {}
    for row in work.connection.execute(select(consents).where(consents.c.school_id == school_id)):
        found.setdefault(row.signer_id, {})[row.notice] = (row.id, row.about_id)
    child, agreement = NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.CODE_AGREEMENT
    return [
        _Signer(guardian, of[child][1], of[child][0], of[agreement][0], work.new_id())
        for guardian, of in found.items()
    ]


def _open_sittings(work: Work, school_id: UUID, signers: Sequence[_Signer]) -> None:
    links, sent, opened = [], [], []
    later = work.now + timedelta(hours=2)
    keys = work.vault.keys_of(work.connection, [one.guardian_id for one in signers])
    for one in signers:
        link, code = uuid4(), uuid4()
        key = secrets.token_bytes(32)
        own = {"school_id": school_id, "signer_id": one.guardian_id}
        part = own | {"programme": PROGRAMME}
        times = {"created_at": work.now, "expires_at": later}
        links.append(part | times | {"id": link, "token_hash": key, "channel": "sms"})
        sent.append(
            own
            | {"id": code, "invitation_id": link, "contact_kind": "phone", "destination_index": key}
            | {"masked": work.vault.seal_shared("codes.masked", code, "***"), "code_hash": key}
            | {"guesses_left": 4, "sent_at": work.now, "expires_at": later, "contact_changed": False}
        )
        opened.append(
            part
            | {"id": one.sitting_id, "code_id": code, "auth": "sms-code", "contact_changed": False}
            | {"identified": _identified(work, keys[one.guardian_id], one.sitting_id, link)}
            | {"began_at": work.now, "ends_at": later}
        )
    for table, rows in ((invitations, links), (codes, sent), (sittings, opened)):
        work.connection.execute(insert(table), rows)


def _identified(work: Work, key: SubjectKey, sitting_id: UUID, link: UUID) -> bytes:
    """Seal what a sitting keeps of how its signer was identified, as large as it usually is."""
    now = work.now.isoformat()
    said: dict[str, Json] = {
        "checks": [
            {"method": "link_opened", "verified_at": now},
            {
                "method": "sms_code",
                "masked": "+7 ··· ··· 00 17",
                "keyed": "0" * 64,
                "sent_at": now,
                "letter": "handed_over",
                "provider_id": str(link),
                "verified_at": now,
                "attempts": 1,
            },
        ],
        "contact": {"kind": "phone", "source": "roster", "by_staff": False, "differs": False},
        "invitation": {
            "id": str(link),
            "token_sha256": "0" * 64,
            "channel": "sms",
            "created_at": now,
            "created_by": None,
            "opened_at": now,
            "shown_to_staff": False,
            "sends": [
                {
                    "kind": "invitation",
                    "channel": "sms",
                    "state": "handed_over",
                    "promised_at": now,
                    "handed_over_at": now,
                    "provider_id": str(link),
                }
            ],
        },
    }
    return work.vault.seal(key, PLACE, sitting_id, canonical(said))


def _prepare(registry: Registry, school_id: UUID, one: _Signer) -> Waiting:
    """Let a guardian sign in, conclude the agreement, and read the child's consent."""
    actor = Actor("guardian", one.guardian_id, "guardian", "sms-code", school_id)
    holder = Holder("sms-code", None, one.guardian_id, Role.GUARDIAN, one.sitting_id, school_id)
    with registry.work(actor) as work:
        token = open_session(work, holder)
        look_up(work.connection, school_id, {one.guardian_id, one.student_id})
        agreement = _show(work, Where(school_id, one.sitting_id, one.agreement_id), one.guardian_id)
        concluded = record_online_act(work, agreement, Said(ActKind.GIVEN, NAME))
        shown = _show(work, Where(school_id, one.sitting_id, one.consent_id), one.guardian_id)
    assert shown.presentation_id is not None
    return Waiting(school_id, one.consent_id, concluded.act_id, token, shown.presentation_id)


def _show(work: Work, where: Where, signer_id: UUID, body: bytes = b"text") -> Where:
    """Keep a text as given to read, without the work of rendering it two thousand times."""
    moment = find_moment(work.connection, where, work.today)
    assert moment is not None
    shown, key = work.new_id(), work.vault.key_of(work.connection, signer_id)
    row = {
        "id": shown,
        "school_id": where.school_id,
        "sitting_id": where.sitting_id,
        "consent_id": where.consent_id,
        "language": "ru",
        "text_sha256": sha256(body).hexdigest(),
        "body": work.vault.seal(key, "presentations.body", shown, body),
        "age": AGE,
        "on_day": work.today,
        "made_of": moment.made_of,
        "served_at": work.now,
    }
    add_presentation(work.connection, row)
    return replace(where, presentation_id=shown)
