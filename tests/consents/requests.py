"""Days that pass over a town: clocks tick, promises of the room are kept, and who was written to is told."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from registry.consents.clock import follow_decisions
from registry.consents.decisions import Decided, decision_of
from registry.consents.models.requests import Request, requests_of_programme
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.chasing import Aim, AimAt, chase, manage_on_paper
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.consents.usecases.requesting import DEFINITION, find_case
from registry.jobs.worker import keep_promise
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.letters.rules import LetterKind
from registry.programmes.rules import NoticeKind
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from registry.workflows import versions
from registry.workflows.cases import Case
from registry.workflows.clock import follow_clock
from tests.clocks import Later
from tests.consents.conftest import MESH, C, Town

FIRST_DAY = date(2020, 11, 2)


@dataclass
class Hours:
    """The time of day at the school, as a test says."""

    registry: Registry

    @contextmanager
    def at(self, hour: time, days: int = 0) -> Iterator[None]:
        """Let it be this hour of tomorrow, or of some days after it."""
        zone = self.registry.settings.timezone
        now = datetime.now(zone)
        wanted = datetime.combine(now.date() + timedelta(days=days + 1), hour, zone)
        with Later(wanted - now).ticking():
            yield


@dataclass
class Days:
    """A town whose legal day moves on."""

    town: Town
    clock: Hours
    day: date = FIRST_DAY

    @property
    def registry(self) -> Registry:
        settings = replace(self.town.registry.settings, today=self.day)
        return replace(self.town.registry, settings=settings)

    def publish(self) -> None:
        name = f"{DEFINITION}.toml"
        with self.registry.work(SYSTEM) as work:
            versions.publish(work, {name: versions.shipped()[name]})

    def tick(self) -> None:
        """Let clocks and worker do what is to be done now."""
        self.keep()
        follow_clock(self.registry)
        follow_decisions(self.registry)
        self.keep()

    def keep(self) -> None:
        """Keep the room's promises that are due; letters stay where they are."""
        while waiting := self._waiting():
            for one in waiting:
                keep_promise(self.registry, one)

    def go_to(self, day: date) -> Counter[str]:
        """Let it be this day; tell who was reminded on it, and how often."""
        before = self.reminded()
        self.day = day
        self.tick()
        return self.reminded() - before

    def reminded(self) -> Counter[str]:
        return self.written_to(LetterKind.REMINDER)

    def written_to(self, kind: LetterKind) -> Counter[str]:
        """Count the letters of a kind by the short names of those who get them."""
        names = {person: name for name, person in self.town.people.items()}
        asked = select(letters.c.person_id).where(letters.c.kind == kind)
        with self.registry.reading(SYSTEM) as work:
            return Counter(names[one] for one in work.connection.execute(asked).scalars())

    def link_in_letter_to(self, name: str, kind: LetterKind) -> str:
        """Read the token of the link in the last letter of a kind to somebody."""
        mine = (letters.c.person_id == self.town.people[name]) & (letters.c.kind == kind)
        with self.registry.work(SYSTEM) as work:
            last = select(letters.c.id).where(mine).order_by(letters.c.id.desc()).limit(1)
            taken = take(work.connection, work.connection.execute(last).scalar_one(), work.now)
            assert taken
            text = open_envelope(work.vault, work.connection, taken).text
        found = re.search(r"/i/([\w-]+)", text)
        assert found
        return found[1]

    def request(self, student: str) -> Request:
        with self.registry.reading(SYSTEM) as work:
            found = requests_of_programme(work.connection, self.town.school, MESH)
        return found[self.town.people[student]]

    def case(self, student: str) -> Case:
        request = self.request(student)
        with self.registry.reading(SYSTEM) as work:
            case = find_case(work, request)
        assert case
        return case

    def decided(self, student: str) -> Decided:
        with self.registry.reading(SYSTEM) as work:
            return decision_of(work, self.town.school, MESH, self.town.people[student])

    def stage(self, student: str) -> str:
        return self.case(student).state

    def paper(self, signer: str, about: str, notice: NoticeKind = C, kind: ActKind = ActKind.GIVEN) -> None:
        """Enter a paper of this day."""
        people = self.town.people
        said = Paper(
            school_id=self.town.school,
            programme_id=MESH,
            student_id=people[about],
            signer_id=people[signer],
            notice=notice,
            kind=kind,
            on_day=self.day,
            place="Дело 7А, лист 3",
        )
        with self.registry.work(self.tutor) as work:
            record_paper_act(work, said)

    @property
    def tutor(self) -> Actor:
        return self.town.tutor()

    def _waiting(self) -> list[UUID]:
        asked = select(promises.c.id).where(
            promises.c.job.like("consents.%"), promises.c.done_at.is_(None), promises.c.attempts == 0
        )
        with self.registry.reading(SYSTEM) as work:
            due = asked.where(promises.c.due_at <= work.now).order_by(promises.c.id)
            return list(work.connection.execute(due).scalars())


def remind_by_hand(days: Days, student: str) -> int | None:
    """Press the tutor's button for one student."""
    aim = Aim(days.town.school, MESH, AimAt.STUDENT, days.town.people[student])
    tutor = days.tutor.id
    assert tutor
    with days.registry.work(days.tutor) as work:
        return chase(work, aim, tutor)


def on_paper(days: Days, student: str, *, stop: bool = False) -> None:
    """Manage one student's request on paper, or send letters again."""
    request = days.request(student)
    with days.registry.work(days.tutor) as work:
        manage_on_paper(work, request, on_paper=not stop)
