"""Moving cases to another version: where each lands, which deadlines stay, and that the trail verifies."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from registry.errors import ConflictError, InvalidError, NotFoundError
from registry.trail.models import trail_event
from registry.trail.verify import Severity, verify
from registry.work import Registry
from registry.workflows import clock, models, usecases
from registry.workflows.cases import Case, Happening
from registry.workflows.facts import BESIDES, KIND, present_states
from registry.workflows.migrating import usecases as migrating
from registry.workflows.migrating.usecases import Asked, Plan
from registry.workflows.models.tables import case_history, cases, workflow_migrations
from tests.workflows.tiny import DIRECTOR, ROBOT, SCHOOL, TINY, TUTOR, called, publish_tiny, shut, thing

LONGER = 'state = "draft"\nafter = "3 days"', 'state = "draft"\nafter = "5 days"'
RENAMED = re.compile(r'"checked"|states\.checked')


def second(text: str = TINY) -> str:
    return text.replace("version = 1", "version = 2", 1)


def renamed(text: str = TINY) -> str:
    """The same process whose state `checked` is called `looked`."""
    return RENAMED.sub(lambda found: found[0].replace("checked", "looked"), second(text))


@pytest.fixture
def ready(registry: Registry) -> Registry:
    shut.clear()
    called.clear()
    publish_tiny(registry)
    return registry


def begin(registry: Registry, *steps: str) -> Case:
    with registry.work(ROBOT) as work:
        case = usecases.start(work, "tiny", thing(), SCHOOL)
    for name in steps:
        with registry.work(TUTOR if name == "check" else DIRECTOR) as work:
            case = usecases.advance(work, case.id, name)
    return case


def moved(registry: Registry, **mapped: str) -> models.Migration:
    with registry.work(ROBOT) as work:
        return migrating.migrate(work, Asked("tiny", 1, 2, mapped))


def planned(registry: Registry, **mapped: str) -> Plan:
    with registry.reading(ROBOT) as work:
        return migrating.plan(work, Asked("tiny", 1, 2, mapped))


def now(registry: Registry, case: Case) -> Case:
    with registry.reading(ROBOT) as work:
        return usecases.look(work, case.id).case


def refused(registry: Registry, **mapped: str) -> str:
    with pytest.raises((ConflictError, InvalidError, NotFoundError)) as said:
        moved(registry, **mapped)
    return said.value.slug


def faults(registry: Registry) -> list[str]:
    readers = {KIND: present_states, **BESIDES}
    report = verify(registry.engine, registry.vault, registry.trail, readers)
    return [str(one) for one in report.findings if one.severity is Severity.TAMPERED]


def test_a_set_moves_in_one_step_with_one_entry_and_a_line_for_each_case(ready: Registry):
    one, two, done = begin(ready), begin(ready, "check"), begin(ready, "check", "sort")
    publish_tiny(ready, second())
    with ready.reading(ROBOT) as work:
        entries = len(work.connection.execute(select(trail_event.c.event_id)).all())
    assert moved(ready).moved == 2
    with ready.reading(ROBOT) as work:
        assert len(work.connection.execute(select(trail_event.c.event_id)).all()) == entries + 1
        line = models.history(work.connection, two.id)[-1]
    assert (line.kind, line.source, line.target) == (Happening.MIGRATED, "checked", "checked")
    assert now(ready, one) == replaced(one, now(ready, one))
    assert (now(ready, two).version, now(ready, two).revision) == (2, two.revision + 1)
    assert now(ready, done) == done
    assert faults(ready) == []


def replaced(before: Case, after: Case) -> Case:
    """The case before, with what a move to an equal version changes."""
    changed = {"version": after.version, "digest": after.digest}
    return before.__class__(
        **{name: getattr(before, name) for name in before.__dataclass_fields__}
        | changed
        | {"revision": before.revision + 1, "set_moves": before.set_moves + 1}
    )


def test_a_moved_case_goes_on_under_its_new_version_and_the_trail_still_verifies(ready: Registry):
    case, other = begin(ready, "check"), begin(ready)
    publish_tiny(ready, renamed())
    moved(ready, checked="looked")
    with ready.work(DIRECTOR) as work:
        assert usecases.advance(work, case.id, "back").state == "draft"
    publish_tiny(ready, TINY.replace("version = 1", "version = 3", 1))
    with ready.work(ROBOT) as work:
        migrating.migrate(work, Asked("tiny", 2, 3, {}))
    assert faults(ready) == []
    with ready.reading(ROBOT) as work:
        opened = usecases.look(work, case.id)
    assert [
        (line.number, under.version) for line, under in zip(opened.history, opened.under, strict=True)
    ] == [
        (1, 1),
        (2, 1),
        (3, 2),
        (4, 2),
        (5, 3),
    ]
    assert now(ready, other).set_moves == 2


@pytest.mark.parametrize(
    "change",
    [
        {"state": "checked"},
        {"version": 1},
        {"assignee_role": "tiny-director"},
        {"set_moves": 0},
        {"revision": 3},
    ],
)
def test_a_moved_case_that_was_altered_is_found(ready: Registry, change: dict[str, str | int]):
    begin(ready)
    publish_tiny(ready, second())
    moved(ready)
    with ready.engine.begin() as connection:
        connection.execute(update(cases).values(**change))
    assert faults(ready)


def test_a_set_whose_lines_or_map_were_altered_is_found(ready: Registry):
    begin(ready)
    publish_tiny(ready, second())
    moved(ready)
    with ready.engine.begin() as connection:
        connection.execute(update(workflow_migrations).values(mapping={"draft": "checked"}))
    assert faults(ready)
    with ready.engine.begin() as connection:
        connection.execute(update(workflow_migrations).values(mapping={"draft": "draft"}))
    assert not faults(ready)
    with ready.engine.begin() as connection:
        connection.execute(
            update(case_history).where(case_history.c.number == 2).values(before_role="system")
        )
    assert faults(ready)


def test_beforehand_it_is_said_how_many_stand_where_and_which_have_no_place(ready: Registry):
    begin(ready)
    begin(ready, "check")
    begin(ready, "check")
    publish_tiny(ready, renamed())
    plan = planned(ready)
    assert [(one.state, one.held, one.target) for one in plan.places] == [
        ("draft", 1, "draft"),
        ("checked", 2, None),
    ]
    assert [one.state for one in plan.homeless] == ["checked"]
    assert refused(ready) == "no-place"
    assert [one.target for one in planned(ready, checked="looked").places] == ["draft", "looked"]


def test_what_cannot_be_moved_has_its_own_answer(ready: Registry):
    assert refused(ready) == "no-such-version"
    publish_tiny(ready, second())
    assert refused(ready) == "nothing-to-move"
    begin(ready)
    with ready.work(ROBOT) as work, pytest.raises(InvalidError) as said:
        migrating.plan(work, Asked("tiny", 2, 2, {}))
    assert said.value.slug == "same-version"
    assert refused(ready, draft="done") == "no-such-state"
    assert refused(ready, nowhere="draft") == "no-such-state"


def test_a_deadline_that_the_change_did_not_touch_stays_to_the_second(ready: Registry):
    case = begin(ready)
    odd = case.due_at and case.due_at + timedelta(seconds=17)
    with ready.engine.begin() as connection:
        connection.execute(update(cases).values(due_at=odd))
    publish_tiny(ready, second().replace(*LONGER))
    assert planned(ready).places[0].counted == 1
    moved(ready)
    assert now(ready, case).due_at == odd


def test_a_deadline_that_was_made_longer_is_counted_from_when_the_state_was_entered(ready: Registry):
    case = begin(ready)
    late = case.entered_at - timedelta(days=4)
    with ready.engine.begin() as connection:
        connection.execute(update(cases).values(entered_at=late))
    with ready.work(ROBOT) as work:
        work.connection.execute(update(cases).values(due_at=late))
    with ready.work(ROBOT) as work:
        for due in clock.due(work):
            clock.escalate(work, due)
    waits = now(ready, case)
    publish_tiny(ready, second().replace(*LONGER))
    moved(ready)
    after = now(ready, case)
    assert after.due_at is not None
    assert after.due_line == 0
    assert timedelta(days=5) < after.due_at - late <= timedelta(days=6)
    assert waits.assignee_role == after.assignee_role == "tiny-director"
    assert faults(ready) == []


def test_a_new_deadline_before_what_has_passed_already_is_not_asked_for_again(ready: Registry):
    case = begin(ready)
    early = '[[deadlines]]\nstate = "draft"\nafter = "1 hour"\nremind = "tiny.tell"\n\n[[deadlines]]'
    publish_tiny(ready, second().replace("[[deadlines]]", early, 1))
    with ready.engine.begin() as connection:
        connection.execute(update(cases).values(due_line=0))
    moved(ready)
    assert now(ready, case).due_line == 1


def test_a_step_that_was_refused_is_not_lost_where_the_new_version_names_it_before_a_reminder_of_its_day(
    registry: Registry,
):
    last = '[[deadlines]]\nstate = "draft"\nat = "term"\nthen = "drop"\n'
    reminder = '[[deadlines]]\nstate = "draft"\nat = "term"\nremind = "tiny.tell"\n'
    more = '[[deadlines]]\nstate = "draft"\nafter = "9 days"\nremind = "tiny.tell"\n'
    publish_tiny(registry, TINY.replace(last, reminder + last))
    about = thing()
    with registry.work(ROBOT) as work:
        case = usecases.start(work, "tiny", about, SCHOOL, dates={"term": work.today - timedelta(days=5)})
    shut.add(about.id)
    with registry.work(ROBOT) as work:
        while due := clock.due(work):
            for one in due:
                clock.escalate(work, one)
    held = now(registry, case)
    publish_tiny(registry, second().replace(last, last + reminder + more))
    moved(registry)
    after = now(registry, case)
    assert (held.due_line, after.due_line) == (3, 2)
    assert after.due_at == held.due_at


def test_of_two_deadlines_of_one_moment_none_is_lost_where_the_new_version_turns_them_round(
    registry: Registry,
):
    reminder = '[[deadlines]]\nstate = "draft"\nafter = "48 hours"\nremind = "tiny.tell"\n\n'
    handing = '[[deadlines]]\nstate = "draft"\nafter = "48 hours"\nescalate = "tiny-director"\n\n'
    soon = TINY.replace('after = "3 days"', 'after = "48 hours"')
    publish_tiny(registry, soon)
    case = begin(registry)
    with registry.engine.begin() as connection:
        early = {
            "entered_at": case.entered_at - timedelta(days=3),
            "due_at": case.entered_at - timedelta(days=1),
        }
        connection.execute(update(cases).values(early))
    assert reminder + handing in soon
    publish_tiny(registry, second(soon.replace(reminder + handing, handing + reminder)))
    moved(registry)
    clock.follow_clock(registry)
    with registry.reading(ROBOT) as work:
        happened = {line.kind for line in models.history(work.connection, case.id)}
    assert {Happening.REMINDED, Happening.ESCALATED} <= happened
    assert now(registry, case).assignee_role == "tiny-director"


def test_who_has_the_task_keeps_it_unless_the_new_version_gives_it_to_another(ready: Registry):
    kept, given = begin(ready), begin(ready, "check")
    person = UUID(int=5)
    with ready.engine.begin() as connection:
        connection.execute(update(cases).values(assignee_person=person, set_moves=0))
    publish_tiny(ready, second().replace('assignee = "tiny-director"', 'assignee = "tiny-tutor"'))
    moved(ready)
    assert now(ready, kept).assignee_person == person
    assert (now(ready, given).assignee_role, now(ready, given).assignee_person) == ("tiny-tutor", None)


def test_what_the_new_version_does_at_once_is_done_when_a_case_arrives(ready: Registry):
    case = begin(ready, "check")
    hurried = second().replace(
        'from = ["checked"]\nto = "sorting"\nby = ["tiny-director"]',
        'from = ["checked"]\nto = "sorting"\nimmediate = true\nguards = ["tiny.open"]',
    )
    publish_tiny(ready, hurried)
    moved(ready)
    assert now(ready, case).state == "done"
    assert faults(ready) == []


STATES = ("draft", "checked")
LINES = {
    "draft": ('after = "3 days"\nremind = "tiny.tell"', 'after = "48 hours"\nescalate = "tiny-director"'),
    "checked": ('after = "1 hour"\nthen = "back"',),
}
SPANS = ("1 hour", "48 hours", "2 days", "3 days", "9 days")


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Which deadlines become another span: state, before, after."""
    found = []
    for state, lines in LINES.items():
        for line in lines:
            span = draw(st.sampled_from(SPANS))
            found.append((state, line, re.sub(r'after = "[^"]+"', f'after = "{span}"', line)))
    return found


@given(
    changed=changes(), steps=st.lists(st.sampled_from(STATES), min_size=1, max_size=4), rename=st.booleans()
)
def test_every_case_ends_in_its_mapped_state_and_keeps_the_deadlines_that_are_the_same(
    ready: Registry, changed: list[tuple[str, str, str]], steps: list[str], *, rename: bool
):
    """Whatever changes, no case is lost, no untouched deadline moves, and the history replays."""
    number = next(NUMBERS)
    text = re.sub("version = [0-9]+", f"version = {number}", TINY, count=1)
    publish_tiny(ready, text)
    begun = [begin(ready, *(["check"] if state == "checked" else [])) for state in steps]
    for state, before, after in changed:
        text = text.replace(f'state = "{state}"\n{before}', f'state = "{state}"\n{after}')
    if rename:
        text = renamed(text)
    publish_tiny(ready, re.sub("version = [0-9]+", f"version = {number + 1}", text, count=1))
    mapped = {"checked": "looked"} if rename else {}
    with ready.work(ROBOT) as work:
        migrating.migrate(work, Asked("tiny", number, number + 1, mapped))
    next(NUMBERS)
    for case in begun:
        after = now(ready, case)
        assert (after.version, after.state) == (number + 1, mapped.get(case.state, case.state))
        if all(old == new for state, old, new in changed if state == case.state):
            assert (after.due_at, after.entered_at) == (case.due_at, case.entered_at)
        assert replays(ready, case) == after.state


NUMBERS = iter(range(10, 10_000))


def replays(registry: Registry, case: Case) -> str:
    """Follow the history of a case, each line under the version that it was written under."""
    with registry.reading(ROBOT) as work:
        opened = usecases.look(work, case.id)
    state = opened.under[0].start.id
    for line, under in zip(opened.history[1:], opened.under[1:], strict=True):
        assert line.source == state
        way = under.transition(line.transition or "")
        assert (way.target if way else line.kind) in {line.target, Happening.MIGRATED}
        state = line.target
    return state
