"""A school with families that decide on paper, as many as a test or a measurement needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy import insert, update

from registry.consents.models.asking import Consent, add_consents
from registry.consents.models.tables import acts
from registry.consents.rules.acts import ActKind
from registry.people.class_names import ClassName
from registry.people.contacts import ContactKind
from registry.people.models import writing
from registry.people.models.persons import Source, get_person
from registry.people.models.tables import contacts, enrolments, guardianships
from registry.people.models.writing import NewContact, NewPerson
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school, open_classes
from registry.programmes import usecases as programmes
from registry.programmes.rules import NoticeKind
from registry.storage.queries import among, share
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry, Work
from registry.workflows import versions

PROGRAMME = "mesh-2020"
PROCESSES = ("submission.toml", "withdrawal.toml", "class-collection.toml", "destruction.toml")
CHILD = date(2009, 5, 31)
"""Eleven years old on the tests' legal day: a guardian decides."""
ADULT = date(2002, 5, 31)
SURNAMES = ("Проверкина", "Пробникова", "Образцова", "Примерова", "Выдуманова")


def snils(number: int) -> str:
    digits = f"{number:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"


@dataclass(frozen=True)
class Pupil:
    """A student with his guardian."""

    id: UUID
    guardian: UUID
    class_name: str
    snils: str


@dataclass
class School:
    """The school under test, and the two people who send its registry."""

    registry: Registry
    id: UUID
    clerk: Actor
    director: Actor
    numbers: "count[int]" = field(default_factory=lambda: count(100_000_001))

    def enrol(self, how_many: int, class_name: str = "5А", born: date = CHILD) -> list[Pupil]:
        """Add students with a guardian each; everything a record needs is there and confirmed."""
        with self.registry.work(SYSTEM) as work:
            return _enrol(work, self, (how_many, class_name, born))

    def decide(self, pupils: Iterable[Pupil], kind: ActKind = ActKind.GIVEN) -> None:
        """Let the guardians decide about child and own data."""
        with self.registry.work(SYSTEM) as work:
            decide(work, self.id, pupils, kind)

    def withdraw(self, pupil: Pupil) -> None:
        """Let a guardian take the consent back."""
        with self.registry.work(SYSTEM) as work:
            withdraw(work, self.id, pupil)

    def rename(self, pupil: Pupil, first_name: str) -> None:
        """Change what the message says of a student."""
        with self.registry.work(SYSTEM) as work:
            held = get_person(work.connection, work.vault, pupil.id)
            writing.change_person(work.connection, work.vault, held, {"first_name": first_name})


def found_school(registry: Registry) -> School:
    """Publish what there is to publish, and add a school that takes part."""
    with registry.work(SYSTEM) as work:
        programmes.publish(work)
        shipped = versions.shipped()
        versions.publish(work, {name: shipped[name] for name in PROCESSES})
        town = add_municipality(work, add_region(work, "27", "Хабаровский край").id, "Хабаровск")
        said = SchoolSaid(town.id, "17", "Школа № 17", "МБОУ СОШ № 17", "Хабаровск", inn="1234567894")
        school = add_school(work, said)
        programmes.join(work, school.id, PROGRAMME)
        clerk = Actor("staff", work.new_id(), "clerk", "password", school.id)
        director = Actor("staff", work.new_id(), "director", "password", school.id)
    return School(registry, school.id, clerk, director)


def _enrol(work: Work, school: School, what: tuple[int, str, date]) -> list[Pupil]:
    how_many, class_name, born = what
    name = ClassName(int(class_name[:-1]), class_name[-1])
    class_id = open_classes(work, school.id, frozenset({name}))[name].id
    pupils = [
        Pupil(work.new_id(), work.new_id(), class_name, snils(next(school.numbers))) for _ in range(how_many)
    ]
    people = [
        NewPerson(one.id, _values(number, "Анна", born, one.snils)) for number, one in enumerate(pupils)
    ]
    people += [
        NewPerson(one.guardian, _values(number, "Ольга", date(1985, 1, 2), snils(next(school.numbers))))
        for number, one in enumerate(pupils)
    ]
    keys = writing.add_persons(work.connection, work.vault, people)
    made = [
        NewContact(work.new_id(), person.id, kind, value, Source.ROSTER)
        for person in people
        for kind, value in _contacts(str(person.values["snils"])).items()
    ]
    writing.add_contacts(work.connection, work.vault, keys, made)
    fresh = among(work.connection, contacts.c.person_id, keys)
    work.connection.execute(update(contacts).where(fresh).values(confirmed_at=work.now, confirmed_how="code"))
    work.connection.execute(
        insert(enrolments),
        [
            {
                "id": work.new_id(),
                "school_id": school.id,
                "class_id": class_id,
                "person_id": one.id,
                "valid_from": date(2020, 9, 1),
            }
            for one in pupils
        ],
    )
    work.connection.execute(
        insert(guardianships),
        [
            {
                "id": work.new_id(),
                "student_id": one.id,
                "guardian_id": one.guardian,
                "relation": "mother",
                "valid_from": date(2009, 6, 1),
                "barred": False,
                "version": 1,
            }
            for one in pupils
        ],
    )
    return pupils


def _values(number: int, first_name: str, born: date, number_of_insurance: str) -> dict[str, object]:
    return {
        "last_name": SURNAMES[number % len(SURNAMES)],
        "first_name": first_name,
        "middle_name": None,
        "birth_date": born,
        "snils": number_of_insurance,
    }


def _contacts(number_of_insurance: str) -> dict[ContactKind, str]:
    return {
        ContactKind.EMAIL: f"p{number_of_insurance}@example.org",
        ContactKind.PHONE: f"+79{number_of_insurance[:9]}",
    }


def decide(work: Work, school_id: UUID, pupils: Iterable[Pupil], kind: ActKind) -> None:
    """Write paper acts of the guardians, as whoever records them would; in bulk, however many they are."""
    share(work.connection, "school", school_id)
    asked = [
        _consent(work, school_id, pupil, (notice, kind))
        for pupil in pupils
        for notice in (NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF)
        if kind is ActKind.GIVEN or notice is NoticeKind.STUDENT_BY_GUARDIAN
    ]
    add_consents(work.connection, asked)
    made = [_act(work, one, kind) for one in asked]
    if made:
        work.connection.execute(insert(acts), made)


def _consent(work: Work, school_id: UUID, pupil: Pupil, what: tuple[NoticeKind, ActKind]) -> Consent:
    notice, kind = what
    return Consent(
        id=work.new_id(),
        school_id=school_id,
        programme=PROGRAMME,
        notice=notice,
        # An own consent an act keeps the rows of a test apart.
        notice_version=f"1.{list(ActKind).index(kind)}",
        signer_id=pupil.guardian,
        about_id=pupil.id,
        asked_at=work.now,
    )


def _act(work: Work, consent: Consent, kind: ActKind) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "school_id": consent.school_id,
        "consent_id": consent.id,
        "kind": kind.value,
        "capacity": "guardian",
        "means": "paper",
        "text_sha256": "cd" * 32,
        "language": "ru",
        "on_day": work.today,
        "recorded_at": work.now,
        "recorded_by": None,
        "agreement_act_id": None,
        "invalidates": None,
        "reason": None,
        "place": "папка 1",
        "presentation_id": None,
        "contact_changed": False,
    }


def withdraw(work: Work, school_id: UUID, pupil: Pupil) -> None:
    """Take a consent back, and promise what follows, as the use case of consents does."""
    decide(work, school_id, [pupil], ActKind.WITHDRAWN)
    work.later(
        "submissions.tell_of_withdrawal",
        school_id=str(school_id),
        programme_id=PROGRAMME,
        student_id=str(pupil.id),
    )
