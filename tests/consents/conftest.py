"""A school that takes part in a programme, with families, and hands that sign for them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import event, insert, select

from registry.consents.decisions import Decided, decisions_of
from registry.consents.models import asking
from registry.consents.models.asking import Consent
from registry.consents.models.moment import Where
from registry.consents.models.visits import Sitting
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.visits import Entered
from registry.consents.usecases import online, presenting, visiting
from registry.consents.usecases.asking import ask
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.inviting import make_link
from registry.consents.usecases.writing import Signed
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, mark_handed_over, take
from registry.letters.rules import Channel
from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Source
from registry.people.models.tables import enrolments, guardianships
from registry.people.models.writing import NewContact, NewPerson, add_contacts, add_persons
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.places import (
    SchoolSaid,
    add_municipality,
    add_region,
    add_school,
    open_classes,
)
from registry.programmes import usecases as programmes
from registry.programmes.rules import NoticeKind
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry, Work

MESH = "mesh-2020"
C, S, OWN = NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.STUDENT_SELF, NoticeKind.GUARDIAN_SELF
AGREEMENT = NoticeKind.CODE_AGREEMENT
PASSPORT = "паспорт 0801 № 123456, 12.03.2010, ОВД Центрального района"


@dataclass
class Town:
    """A school in a programme, and everybody in it by a short name."""

    registry: Registry
    school: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    sittings: dict[str, UUID] = field(default_factory=dict)

    def tutor(self, number: int = 1) -> Actor:
        return Actor("staff", UUID(int=number), "tutor", "password", self.school)

    def signer(self, name: str) -> Actor:
        return Actor("guardian", self.people[name], "guardian", "sms-code", self.school)

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        with self.registry.work(actor) as work:
            yield work

    def decisions(self) -> dict[str, Decided]:
        names = {person: name for name, person in self.people.items()}
        with self.registry.reading(SYSTEM) as work:
            return {names[one.family.student.id]: one for one in decisions_of(work, self.school, MESH)}

    def state(self, student: str) -> State:
        return self.decisions()[student].decision.state

    def consent(self, signer: str, notice: NoticeKind, about: str | None = None) -> Consent:
        wanted = self.people[about or signer]
        with self.registry.reading(SYSTEM) as work:
            held = asking.consents_of_signer(work.connection, self.school, MESH, self.people[signer])
        return next(one for one in held if one.notice is notice and one.about_id == wanted)

    def sit(self, signer: str) -> UUID:
        """Open a sitting as a signer does: link, code, code entered."""
        if signer not in self.sittings:
            token = self.link(signer)
            with self.work() as work:
                visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)
            entry = enter(self.registry, token, self.code_of(signer))
            assert entry.sitting
            self.sittings[signer] = entry.sitting.id
        return self.sittings[signer]

    def link(self, signer: str) -> str:
        with self.work() as work:
            link = make_link(work, self.school, MESH, self.people[signer], Channel.SMS)
        return link.url.rpartition("/")[2]

    def code_of(self, signer: str) -> str:
        """Read the code in the last letter to somebody."""
        return last_code(self.registry, self.people[signer])

    def where(self, signer: str, notice: NoticeKind, about: str | None = None) -> Where:
        consent = self.consent(signer, notice, about)
        return Where(self.school, self.sit(signer), consent.id)

    def read(self, signer: str, notice: NoticeKind, about: str | None = None) -> Where:
        where = self.where(signer, notice, about)
        with self.work(self.signer(signer)) as work:
            return presenting.present(work, where, "ru").where

    def say(self, signer: str, where: Where, kind: ActKind) -> Signed:
        with self.work(self.signer(signer)) as work:
            return online.record_online_act(
                work, where, Said(kind, typed_name="Иванова Мария Петровна", insists=True)
            )

    def give(self, signer: str, notice: NoticeKind, about: str | None = None) -> Signed:
        return self.say(signer, self.read(signer, notice, about), ActKind.GIVEN)


@dataclass(frozen=True)
class CodeEntered:
    """What came of entering a code."""

    result: Entered
    guesses_left: int
    sitting: Sitting | None


def enter(registry: Registry, token: str, code: str) -> CodeEntered:
    """Enter a code as the page does: the guess is committed, then its sitting."""
    with registry.work(SYSTEM) as work:
        visit = visiting.look_at_link(work, token)
        guess = visiting.guess_code(work, visit, code)
    if guess.code is None:
        return CodeEntered(guess.result, guess.guesses_left, None)
    with registry.work(SYSTEM) as work:
        sitting = visiting.sit_down(work, visit, guess.code)
    return CodeEntered(Entered.SPENT if sitting is None else guess.result, guess.guesses_left, sitting)


def last_code(registry: Registry, person: UUID) -> str:
    """Open the last letter with a code to a person, as the mailbox would show it."""
    waiting = select(letters.c.id).where(
        letters.c.person_id == person, letters.c.kind == "code", letters.c.state == "queued"
    )
    with registry.work(SYSTEM) as work:
        letter_id = work.connection.execute(waiting.order_by(letters.c.id.desc())).scalars().first()
        assert letter_id
        taken = take(work.connection, letter_id, work.now)
        assert taken
        text = open_envelope(work.vault, work.connection, taken).text
        mark_handed_over(work.connection, letter_id, work.now, "test")
    found = re.search(r"\b\d{6}\b", text)
    assert found
    return found[0]


def add_family(town: Town, student: str, born: date, guardians: list[str]) -> None:
    """Enrol a student with guardians; whoever has no entry yet is made, with all fields and contacts."""
    with town.work() as work:
        for name in (student, *guardians):
            if name not in town.people:
                town.people[name] = _add_person(
                    work, len(town.people) + 1, name, born if name == student else None
                )
        classes = open_classes(work, town.school, frozenset({ClassName(7, "А")}))
        row = {
            "id": work.new_id(),
            "school_id": town.school,
            "class_id": classes[ClassName(7, "А")].id,
            "person_id": town.people[student],
            "valid_from": work.today,
        }
        work.connection.execute(insert(enrolments).values(**row))
        for name in guardians:
            _tie(work, town.people[student], town.people[name])


def _tie(work: Work, student: UUID, guardian: UUID) -> None:
    tie_id = work.new_id()
    key = work.vault.key_of(work.connection, guardian)
    document = "свидетельство о рождении I-ДВ № 654321, 01.06.2008, ЗАГС"
    row = {
        "id": tie_id,
        "student_id": student,
        "guardian_id": guardian,
        "relation": "mother",
        "authority_document": work.vault.seal(key, "guardianships.authority_document", tie_id, document),
        "valid_from": work.today,
        "barred": False,
        "version": 0,
    }
    work.connection.execute(insert(guardianships).values(**row))


def _add_person(work: Work, number: int, name: str, born: date | None) -> UUID:
    person_id = work.new_id()
    values = {
        "last_name": "Иванова",
        "first_name": name.capitalize(),
        "birth_date": born or date(1980, 5, 1),
        "snils": f"{number:011d}",
        "address": "г. Хабаровск, ул. Ленина, д. 1",
        "identity_document": PASSPORT,
    }
    keys = add_persons(work.connection, work.vault, [NewPerson(person_id, values)])
    contacts = [
        NewContact(work.new_id(), person_id, ContactKind.PHONE, f"+7914{number:07d}", Source.ROSTER),
        NewContact(work.new_id(), person_id, ContactKind.EMAIL, f"p{number}@example.ru", Source.ROSTER),
    ]
    add_contacts(work.connection, work.vault, keys, contacts)
    return person_id


@pytest.fixture
def town(registry: Registry) -> Town:
    """A school in the programme with a child, a teenager and an adult; everything is asked."""
    with registry.work(SYSTEM) as work:
        programmes.publish(work)
        place = add_municipality(work, add_region(work, "27", "Хабаровский край").id, "Хабаровск")
        school = add_school(
            work,
            SchoolSaid(place.id, "17", "Школа № 17", "МБОУ СОШ № 17", "г. Хабаровск, ул. Школьная, д. 2"),
        )
        programmes.join(work, school.id, MESH)
    town = Town(registry, school.id)
    add_family(town, "child", date(2008, 5, 20), ["mother", "father"])
    add_family(town, "teen", date(2005, 1, 1), ["mother"])
    add_family(town, "adult", date(2002, 1, 1), ["father"])
    with registry.work(SYSTEM) as work:
        ask(work, town.school, MESH)
    return town


def confirm_everything(town: Town) -> None:
    """Confirm every contact of everybody."""
    with town.work() as work:
        for person in town.people.values():
            for kind in ContactKind:
                confirm_contact(work, person, kind, Confirmed.STATEMENT)


class Counter:
    """Counts the statements that an engine runs."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def note(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        self.statements.append(statement)


@contextmanager
def counted(registry: Registry) -> Iterator[list[str]]:
    """Give the statements that run inside, the begin of a transaction not counted."""
    counter = Counter()
    event.listen(registry.engine, "before_cursor_execute", counter.note)
    try:
        yield counter.statements
    finally:
        event.remove(registry.engine, "before_cursor_execute", counter.note)
