"""One request against acts, papers, buttons and days in any order: who is written to, and how often."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, time, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registry.app import load_names
from registry.consents.models.opt_outs import opt_outs_of_student
from registry.consents.models.reminders import reminders_to
from registry.consents.rules.acts import ActKind
from registry.consents.rules.opt_outs import Matter, given
from registry.consents.rules.reminding import MOST
from registry.consents.rules.requests import WAITING
from registry.consents.usecases import opting_out
from registry.consents.usecases.asking import ask
from registry.consents.usecases.inviting import send_links
from registry.consents.usecases.opting_out import Application
from registry.errors import RegistryError
from registry.people.models.families import Family, family_of
from registry.people.models.tables import enrolments, guardianships
from registry.programmes.rules import Means, NoticeKind
from registry.trail.entries import SYSTEM
from registry.work import Work
from tests.conftest import PROFILE
from tests.consents.conftest import MESH, OWN, C, Town, add_family
from tests.consents.requests import FIRST_DAY, Days, Hours, on_paper, remind_by_hand

load_names()
FEW = settings(
    max_examples=200 if PROFILE == "deep" else 3,
    stateful_step_count=60 if PROFILE == "deep" else 12,
    deadline=None,
)
PARENTS = ("mother", "father")
parents = st.sampled_from(PARENTS)


class OneRequest(RuleBasedStateMachine):
    """A child and his parents; every example has a family of its own in the same school."""

    days: Days
    number = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).number += 1
        self.child = f"child{self.number}"
        self.names = {name: f"{name}{self.number}" for name in PARENTS}
        self.answered: set[tuple[str, NoticeKind]] = set()
        self.paper = False
        self.days.day = FIRST_DAY
        self.begin()

    def begin(self) -> None:
        town = self.days.town
        add_family(town, self.child, date(2008, 5, 20), [*self.names.values()])
        with self.days.registry.work(SYSTEM) as work:
            ask(work, town.school, MESH, {town.people[self.child]})
            send_links(work, town.school, MESH, [town.people[one] for one in self.names.values()])
        self.days.tick()

    @rule(passed=st.integers(1, 4))
    def pass_days(self, passed: int) -> None:
        self.days.day += timedelta(days=passed)
        self.reminding(self.days.tick)

    @rule()
    def tick(self) -> None:
        self.reminding(self.days.tick)

    @rule()
    def remind(self) -> None:
        self.reminding(lambda: remind_by_hand(self.days, self.child))

    @rule(parent=parents, kind=st.sampled_from([ActKind.GIVEN, ActKind.REFUSED, ActKind.WITHDRAWN]))
    def answer(self, parent: str, kind: ActKind) -> None:
        self.say(parent, C, kind)

    @rule(parent=parents)
    def answer_for_himself(self, parent: str) -> None:
        self.say(parent, OWN, ActKind.GIVEN)

    @rule(parent=parents)
    def opt_out(self, parent: str) -> None:
        self.apply(lambda work, of, said: opting_out.opt_out(work, of, Matter(MESH), said), parent)

    @rule(parent=parents)
    def end_opt_out(self, parent: str) -> None:
        def end(work: Work, of: Family, said: Application) -> object:
            held = given(opt_outs_of_student(work.connection, of.school_id, of.student.id))
            return opting_out.end_opt_out(work, of, next((one.id for one in held), work.new_id()), said)

        self.apply(end, parent)

    def apply(self, act: Callable[[Work, Family, Application], object], parent: str) -> None:
        """Let a parent opt out or back by a paper; what he may not is refused."""
        town = self.days.town
        signer, child = town.people[self.names[parent]], town.people[self.child]
        try:
            with self.days.registry.work(town.tutor()) as work:
                of = family_of(work.connection, work.vault, town.school, child, work.today)
                act(work, of, Application(signer, work.today, Means.PAPER, place="Дело 1"))
        except RegistryError:
            return

    @rule()
    def turn_paper(self) -> None:
        try:
            on_paper(self.days, self.child, stop=self.paper)
        except RegistryError:
            assert self.days.stage(self.child) not in WAITING
            return
        self.paper = not self.paper

    @rule(barred=st.booleans())
    def bar_the_father(self, barred: bool) -> None:  # noqa: FBT001 - the machine's own
        people = self.days.town.people
        tie = guardianships.c
        his = (tie.guardian_id == people[self.names["father"]]) & (tie.student_id == people[self.child])
        with self.days.registry.work(SYSTEM) as work:
            work.connection.execute(guardianships.update().where(his).values(barred=barred))

    @invariant()
    def nobody_is_reminded_too_often(self) -> None:
        town = self.days.town
        people = {town.people[one] for one in self.names.values()}
        with self.days.registry.reading(SYSTEM) as work:
            told = reminders_to(work.connection, town.school, MESH, people)
        for each in told.values():
            assert len(each) <= MOST
            assert max(Counter(one.on_day for one in each).values()) == 1

    def say(self, parent: str, notice: NoticeKind, kind: ActKind) -> None:
        try:
            self.days.paper(self.names[parent], self.child, notice, kind)
        except RegistryError:
            return
        self.answered.add((parent, notice))

    def reminding(self, act: Callable[[], object]) -> None:
        """Do what may remind: letters go only to those whose answer is awaited at that moment."""
        before = self.days.reminded()
        act()
        written = self.days.reminded() - before
        decided = self.days.decided(self.child)
        names = {person: name for name, person in self.days.town.people.items()}
        awaited = {names[one.person] for one in decided.decision.awaited}
        assert set(written) <= awaited
        assert not (written and self.paper)
        silent = {self.names[one] for one in PARENTS if not {(one, C), (one, OWN)} <= self.answered}
        assert set(written) <= silent
        self.days.tick()
        assert (self.days.stage(self.child) in WAITING) is not decided.decision.state.closed

    def teardown(self) -> None:
        """Let the family leave, so that the next one is alone."""
        mine = enrolments.c.person_id == self.days.town.people[self.child]
        with self.days.registry.work(SYSTEM) as work:
            ended = FIRST_DAY - timedelta(days=1)
            work.connection.execute(enrolments.update().where(mine).values(valid_until=ended))


def test_a_request_never_writes_to_whoever_answered_and_to_nobody_too_often(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    with town.work() as work:
        gone = enrolments.update().values(valid_until=FIRST_DAY - timedelta(days=1))
        work.connection.execute(gone)
    clock = Hours(town.registry)
    with ExitStack() as stack:
        stack.enter_context(clock.at(time(12)))
        days = Days(town, clock)
        days.publish()
        monkeypatch.setattr(OneRequest, "days", days, raising=False)
        run_state_machine_as_test(OneRequest, settings=FEW)
