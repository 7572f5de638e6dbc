"""Three schools in three towns of two regions, with everything in them that a route can be about.

Built once a database and used by all cells: after `hold_still` nothing that a request writes stays, for the
transaction is rolled back in the moment of its commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Connection, event, select, update

from registry.access.models.sessions import Holder, find_known
from registry.access.rules import Right, Role, Scope
from registry.access.tokens import token_hash
from registry.access.usecases.sessions import open_session
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.consents.models.acts import get_act
from registry.consents.models.ledger import add_disclosures
from registry.consents.models.requests import requests_of_programme
from registry.consents.rules.acts import ActKind
from registry.consents.rules.opt_outs import Matter, Wire
from registry.consents.rules.signatures import Match, Matched
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases import invalidating
from registry.consents.usecases.asking import ask
from registry.consents.usecases.opting_out import Application, opt_out
from registry.consents.usecases.paper import document_of
from registry.consents.usecases.scans import keep_scan
from registry.documents.cms.looking import SignatureFile
from registry.documents.cms.said import Certificate, Said
from registry.documents.cms.verifying import NOT_CHECKED
from registry.documents.marks import readable_code
from registry.documents.scans.looking import Scan
from registry.keys import usecases as keys
from registry.keys.models import keys as openpgp_keys
from registry.keys.rules import Kind as KeyKind
from registry.people.contacts import ContactKind
from registry.people.identifiers import format_snils
from registry.people.models.batches import get_batch
from registry.people.models.collisions import Outcome, open_tasks
from registry.people.models.families import family_of
from registry.people.models.persons import Confirmed, get_person
from registry.people.models.places import list_classes, list_schools
from registry.people.models.tables import guardianships
from registry.people.models.writing import change_person
from registry.people.usecases import collisions
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.people.usecases.special_needs import SpecialNeedsSaid, note_special_needs
from registry.programmes import usecases as programmes
from registry.programmes.drafts import usecases as notice_drafts
from registry.programmes.rules import Means, NoticeKind
from registry.proofs.clock import seal_new
from registry.proofs.exports.places import site_of
from registry.proofs.exports.rules import Span, Wanted
from registry.proofs.exports.usecases import order_export
from registry.proofs.usecases.attaching import Examined, attach
from registry.proofs.usecases.describing import code_of
from registry.rights.clock import begin
from registry.rights.models import destructions
from registry.submissions import usecases as submissions
from registry.trail.entries import SYSTEM, Actor
from registry.trail.publisher import tend
from registry.work import Registry, Work
from registry.workflows import versions
from registry.workflows.drafts import usecases as drafts
from tests.access.matrix.stacked import stacked
from tests.access.matrix.tokens import make_token
from tests.consents.conftest import AGREEMENT, MESH, OWN, PASSPORT, C, S, Town
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office
from tests.submissions.school import Pupil, School

TEEN = date(2005, 5, 31)
"""Fifteen years old on the tests' legal day: a guardian and the student decide."""
AUTHORITY = "свидетельство о рождении I-ДВ № 654321, 01.06.2008, ЗАГС"
STATEMENT = {"document": "заявление", "signature": "подпись"}
SAID = Said("1.2.643.7.1.1.2.2", "00" * 32, None, Certificate(*[""] * 8, None, None))
STREETS = "г. Хабаровск, ул. Канареечная, д. 7"

Values = dict[str, Any]


@dataclass(frozen=True)
class Branch:
    """Where a school stands, and what each of its families fills into addresses: by class name."""

    school: UUID
    code: str
    municipality: UUID
    region: UUID
    classes: dict[str, UUID]
    pupils: dict[str, Pupil]
    values: dict[str, Values]
    signers: dict[str, Values]


@dataclass(frozen=True)
class World:
    """The whole installation.

    Attributes:
        own: the school of all staff of a school; its class 9Б is the tutor's own, 5А the other one.
        other: a school in another town of the same region; `far`: one in another region.
        canaries: personal values that stand in it, as pages would write them.
    """

    registry: Registry
    own: Branch
    other: Branch
    far: Branch
    canaries: list[str] = field(default_factory=list)


def build_world(registry: Registry) -> World:
    """Make everything, through use cases and in a few seconds."""
    numbers = count(100_000_001)
    with registry.work(SYSTEM) as work:
        programmes.publish(work)
        versions.publish(work, versions.shipped())
        draft = drafts.take(work, "roster-review")
        notice_draft = notice_drafts.take(work, "mesh-2020", NoticeKind.GUARDIAN_SELF)
        north, south = add_region(work, "27", "Северный край"), add_region(work, "28", "Южный край")
        towns = [
            add_municipality(work, region.id, name)
            for region, name in ((north, "Верхний"), (north, "Нижний"), (south, "Дальний"))
        ]
    made = [
        _branch(registry, (town.id, town.region_id), 17 + number, numbers)
        for number, town in enumerate(towns)
    ]
    for branch in made:
        for values in branch.values.values():
            values.update(draft_id=draft.id, version=draft.based_on)
            values.update(notice_draft=notice_draft.id, notice_version=notice_draft.based_on)
    world = World(registry, *made)
    _contest_across(world, (towns[0].id, numbers))
    tend(registry.engine, registry.trail, registry.now())
    seal_new(registry)
    with registry.reading(SYSTEM) as work:
        for branch in made:
            world.canaries.extend(_canaries(work, branch))
    return world


def missing() -> Values:
    """Fill every id of an address with one that nobody has."""
    names = (
        "school_id class_id person_id student_id guardian_id signer_id batch_id submission_id case_id key_id "
        "draft_id destruction_id consent_id presentation_id act_id session_id promise_id event_id token_id "
        "claim_id task_id user_id role_id own_role_id given_role_id request_id invalidation_id opt_out_id "
        "message_id document_id notice_draft notice_version stack_id form_id page_id check_id export_id "
        "signature_id"
    )
    return {name: uuid4() for name in names.split()} | {
        "token": "A" * 22,
        "code": "no-such-school",
        "mark": readable_code(uuid4()),
        "version": 1,
    }


def _branch(registry: Registry, place: tuple[UUID, UUID], number: int, numbers: "count[int]") -> Branch:
    with registry.work(SYSTEM) as work:
        said = SchoolSaid(place[0], f"27{number}", f"Школа № {number}", f"МБОУ СОШ № {number}", "Мира, 1")
        school = add_school(work, said)
        programmes.join(work, school.id, MESH)
    hands = Actor("staff", UUID(int=number), "clerk", "password", school.id)
    held = School(registry, school.id, hands, hands, numbers)
    pupils = {"9Б": held.enrol(1, "9Б", TEEN)[0], "5А": held.enrol(1, "5А")[0]}
    _fill_in(registry, pupils)
    with registry.work(hands) as work:
        ask(work, school.id, MESH)
        submission = submissions.open_submission(work, school.id, MESH)
        key = keys.create(work, keys.Owner(KeyKind.SCHOOL, str(school.id)), "первый ключ школы")
        promise = work.later("letters.deliver", letter_id=uuid4().hex)
        update_key = update(openpgp_keys).where(openpgp_keys.c.id == key.id)
        work.connection.execute(update_key.values(public_key="key", statement=STATEMENT))
        user = add_user(work, NewUser(f"other-{number}", "Сотрудник другого места", "no password fits this"))
        token = open_session(work, Holder("password", user))
        bearer = make_token(work, user)
        session = find_known(work.connection, token_hash(token), work.today)
        classes = {str(one.name): one.id for one in list_classes(work.connection, school.id, 2020)}
        role = give_role(work, user, Right(Role.TUTOR, Scope.CLASS, classes["9Б"], school.id))
    office = Office(registry, school.id)
    row = [*CLEAN]
    row[5] = row[6] = row[7] = row[13] = row[14] = row[15] = None
    batch = office.upload(book(**{"9Б": [HEADER, row]}))
    with registry.reading(SYSTEM) as work:
        case = get_batch(work.connection, school.id, batch).case_id
        requests = requests_of_programme(work.connection, school.id, MESH)
    claim_id, task_id = _contest(registry, school.id, hands, pupils)
    common = {
        "claim_id": claim_id,
        "task_id": task_id,
        "school_id": school.id,
        "code": f"27{number}",
        "submission_id": submission.id,
        "key_id": key.id,
        "promise_id": promise,
        "batch_id": batch,
        "case_id": case,
        "token_id": bearer.id,
        "user_id": user,
        **dict.fromkeys(("role_id", "own_role_id", "given_role_id"), role),
        "session_id": session.session.id if session else None,
        "export_id": _ordered(registry, school.id),
    }
    town = Town(registry, school.id)
    signers = {name: _signed(town, name, pupil) for name, pupil in pupils.items()}
    common["destruction_id"] = _taken_back(town, pupils["5А"])
    signers["student"] = _signed(town, "student", pupils["9Б"], himself=True)
    with registry.work(hands) as work:
        papers = {
            name: stacked(work, classes[name], town.consent(name, C, f"{name}.child")) for name in pupils
        }
    common["message_id"] = _disclosed(registry, school.id, pupils["9Б"])
    values = {
        name: common
        | papers[name]
        | signers[name]
        | {
            "class_id": classes[name],
            "person_id": pupil.id,
            "student_id": pupil.id,
            "guardian_id": pupil.guardian,
            "signer_id": pupil.guardian,
            "request_id": requests[pupil.id].id,
            **_questioned(registry, (school.id, hands), pupil, signers[name]),
        }
        for name, pupil in pupils.items()
    }
    return Branch(school.id, f"27{number}", *place, classes, pupils, values, signers)


def _ordered(registry: Registry, school_id: UUID) -> UUID:
    """Order an export of a school's documents; nobody has begun to make it."""
    wanted = Wanted("mesh-2020", bundles=False, receiver="Архив", reason="planned", basis="№ 1")
    with registry.work(SYSTEM) as work:
        return order_export(work, wanted, site_of(work, Span.SCHOOL, school_id)).id


def _contest(
    registry: Registry, school: UUID, hands: Actor, pupils: dict[str, Pupil]
) -> tuple[UUID | None, UUID]:
    """Let one claim the numbers of another: an open claim, and the task that came of a settled one."""
    first, second = pupils["9Б"], pupils["5А"]
    with registry.work(hands) as work:
        settled = correct_field(work, school, second.id, "snils", first.snils).collision
        assert settled is not None
        found = collisions.find_open(work, settled, list_schools(work.connection))
        collisions.settle(work, collisions.view(work, found), Outcome.CLAIMANT_WRONG, "сверено по документу")
        contested = correct_field(work, school, first.id, "snils", second.snils).collision
        return contested, open_tasks(work.connection, school)[0].id


def _contest_across(world: World, near: "tuple[UUID, count[int]]") -> None:
    """Let the own school claim numbers of others: of a school in its own town, and of one in another town."""
    own = world.own
    hands = Actor("staff", UUID(int=17), "clerk", "password", own.school)
    with world.registry.work(SYSTEM) as work:
        said = SchoolSaid(near[0], "2799", "Школа № 99", "МБОУ СОШ № 99", "Мира, 2")
        school = add_school(work, said).id
    neighbour = School(world.registry, school, hands, hands, near[1]).enrol(1)[0]
    for name, held in (("9Б", neighbour.snils), ("5А", world.other.pupils["9Б"].snils)):
        with world.registry.work(hands) as work:
            claimed = correct_field(work, own.school, own.pupils[name].id, "snils", held).collision
        own.values[name]["claim_id"] = claimed


def _fill_in(registry: Registry, pupils: dict[str, Pupil]) -> None:
    """Give everybody what a document cannot do without."""
    with registry.work(SYSTEM) as work:
        for pupil in pupils.values():
            for person in (pupil.id, pupil.guardian):
                found = get_person(work.connection, work.vault, person)
                said: dict[str, object] = {"address": STREETS, "identity_document": PASSPORT}
                change_person(work.connection, work.vault, found, said)
                for kind in ContactKind:
                    confirm_contact(work, person, kind, Confirmed.STATEMENT)
            tie = guardianships.c
            of_pair = (tie.student_id == pupil.id) & (tie.guardian_id == pupil.guardian)
            tie_id = work.connection.execute(select(tie.id).where(of_pair)).scalar_one()
            key = work.vault.key_of(work.connection, pupil.guardian)
            sealed = work.vault.seal(key, "guardianships.authority_document", tie_id, AUTHORITY)
            work.connection.execute(
                update(guardianships).where(tie.id == tie_id).values(authority_document=sealed)
            )


def _signed(town: Town, name: str, pupil: Pupil, *, himself: bool = False) -> Values:
    """Let a signer conclude the agreement and read his first document; name what then is before him."""
    town.people |= {name: pupil.id if himself else pupil.guardian, f"{name}.child": pupil.id}
    signed = town.give(name, AGREEMENT)
    with town.work() as work:
        scan = Scan("png", 1, b"a scan of the paper")
        keep_scan(work, document_of(town.consent(name, AGREEMENT)), signed.act_id, scan)
        file = SignatureFile(b"a file of a signature", SAID)
        examined = Examined(file, Matched(Match.NOT_COMPUTED), NOT_CHECKED)
        kept = attach(work, get_act(work.connection, town.school, signed.act_id), examined)
    shown = town.read(name, *((S,) if himself else (C, f"{name}.child")))
    return {
        "consent_id": shown.consent_id,
        "presentation_id": shown.presentation_id,
        "act_id": signed.act_id,
        "signature_id": kept.id,
        "event_id": signed.recorded.event_id,
        "mark": readable_code(code_of(town.registry.vault, signed.act_id)),
        "sitting_id": shown.sitting_id,
        "token": town.link(name),
    }


def _taken_back(town: Town, pupil: Pupil) -> UUID:
    """Let a guardian take a consent back; give the destruction that it brings."""
    town.people["5А"], town.people["5А.child"] = pupil.guardian, pupil.id
    town.give("5А", OWN, "5А.child")
    town.say("5А", town.where("5А", OWN, "5А.child"), ActKind.WITHDRAWN)
    with town.work() as work:
        (withdrawal,) = destructions.withdrawn_since(work.connection, UUID(int=0))
        return begin(work, withdrawal).id


def _questioned(registry: Registry, where: tuple[UUID, Actor], pupil: Pupil, signed: Values) -> Values:
    """Let somebody ask whether an act should have counted, and let a guardian refuse a channel."""
    school_id, hands = where
    with registry.work(hands) as work:
        act = get_act(work.connection, school_id, signed["act_id"])
        reason = InvalidReason.WRONG_ENTRY
        asked = invalidating.ask_invalidation(work, act, pupil.id, reason, "не тот лист")
        family = family_of(work.connection, work.vault, school_id, pupil.id, work.today)
        said = Application(pupil.guardian, work.today, Means.PAPER, place="Дело 1")
        given = opt_out(work, family, Matter(wire=Wire.SFERUM), said)
        needs = SpecialNeedsSaid("заключение № 1", work.today)
        noted = note_special_needs(work, school_id, pupil.id, needs)
    return {"invalidation_id": asked, "opt_out_id": given, "document_id": noted}


def _disclosed(registry: Registry, school_id: UUID, pupil: Pupil) -> UUID:
    """Write a line of the ledger; give the message."""
    with registry.work(SYSTEM) as work:
        row = {
            "school_id": school_id,
            "message_id": work.new_id(),
            "student_id": pupil.id,
            "person_id": pupil.id,
            "programme": MESH,
            "receiver": "получатель",
            "field_set": f"{MESH}/1.0/student",
            "act_ids": [],
            "cleared_at": work.now,
        }
        add_disclosures(work.connection, [row])
        return row["message_id"]


def _canaries(work: Work, branch: Branch) -> list[str]:
    """Write down what nobody must see who may not see persons: numbers, contacts, dates, documents."""
    found = []
    for pupil in branch.pupils.values():
        for one in (pupil.id, pupil.guardian):
            person = get_person(work.connection, work.vault, one)
            found += [
                str(person.snils),
                format_snils(str(person.snils)),
                person.phone.value if person.phone else "",
            ]
            found += [person.email.value if person.email else "", f"{person.birth_date:%d.%m.%Y}"]
    return [*found, STREETS, PASSPORT, AUTHORITY]


@contextmanager
def hold_still(registry: Registry) -> Iterator[None]:
    """Let nothing stay of what is written inside: each transaction is rolled back where it would commit."""

    def undo(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.rollback()

    event.listen(registry.engine, "commit", undo)
    try:
        yield
    finally:
        event.remove(registry.engine, "commit", undo)


@dataclass(frozen=True)
class Stage:
    """The installation as the matrix asks it: the application, everybody by letter, and fixed values."""

    app: Flask
    world: World
    askers: dict[str, Any]
    fixed: Values
    nameless: Any
    """An auditor who has stated no purpose."""
    since: datetime
    """When everybody had come in."""
    heard: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """Answers that were heard before: nothing that a request writes stays, so that each is asked for once."""
