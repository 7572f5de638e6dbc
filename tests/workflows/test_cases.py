"""A case runs by its definition: right, guard, effect, promise, history and trail in one transaction."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from registry.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RegistryError,
    SettingsError,
    TamperedError,
)
from registry.storage.outbox import promises
from registry.trail.entries import Actor
from registry.trail.models import trail_event
from registry.work import Registry
from registry.workflows import models, usecases, versions
from registry.workflows.cases import Case, Happening, Subject
from registry.workflows.moving import NOTE
from tests.workflows.tiny import (
    DIRECTOR,
    ROBOT,
    SCHOOL,
    STRANGER,
    TINY,
    TUTOR,
    called,
    publish_tiny,
    shut,
    thing,
)


@pytest.fixture
def ready(registry: Registry) -> Iterator[Registry]:
    publish_tiny(registry)
    called.clear()
    shut.clear()
    versions._seen.clear()  # noqa: SLF001 - a process that has just started
    return registry


def begin(registry: Registry, subject: Subject | None = None) -> Case:
    with registry.work(ROBOT) as work:
        return usecases.start(work, "tiny", subject or thing(), SCHOOL)


def step(registry: Registry, case: Case, name: str, actor: Actor = TUTOR, **more: object) -> Case:
    with registry.work(actor) as work:
        return usecases.advance(work, case.id, name, **more)  # type: ignore[arg-type]


def refusal(registry: Registry, case: Case, name: str, actor: Actor = TUTOR, **more: object) -> RegistryError:
    with pytest.raises(RegistryError) as refused:
        step(registry, case, name, actor, **more)
    return refused.value


def stored(registry: Registry, case: Case) -> Case:
    with registry.reading(ROBOT) as work:
        return usecases.look(work, case.id).case


def rows(registry: Registry, table: object) -> int:
    with registry.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_case_begins_in_the_start_with_its_task_and_its_history(ready: Registry):
    case = begin(ready)
    assert (case.state, case.revision, case.assignee_role) == ("draft", 1, "tiny-tutor")
    assert stored(ready, case) == case
    with ready.reading(TUTOR) as work:
        opened = usecases.look(work, case.id)
    assert [(line.number, line.kind, line.source, line.target) for line in opened.history] == [
        (1, Happening.STARTED, None, "draft")
    ]
    assert [way.id for way in opened.possible] == ["check"]


def test_a_step_changes_state_tells_history_and_trail_and_promises_its_job(ready: Registry):
    case = begin(ready)
    entries = rows(ready, trail_event)
    moved = step(ready, case, "check", context={"reason": "looked-through", "note": "Всё на месте"})
    assert stored(ready, moved).state == "checked"
    assert called == [("checked", case.subject.id)]
    assert rows(ready, trail_event) == entries + 1
    assert rows(ready, promises) == 1
    with ready.reading(ROBOT) as work:
        line = usecases.look(work, case.id).history[-1]
        note = models.notes(work.connection, case.id)[2]
        assert work.vault.open_shared(NOTE, case.id, note).decode() == "Всё на месте"
    assert (line.source, line.target, line.transition) == ("draft", "checked", "check")
    assert (line.actor_id, line.actor_role, line.reason) == (TUTOR.id, TUTOR.role, "looked-through")


def test_an_immediate_step_follows_by_itself_unless_its_guard_refuses(ready: Registry):
    case = step(ready, begin(ready), "check")
    shut.add(case.subject.id)
    assert step(ready, case, "sort", DIRECTOR).state == "sorting"
    other = step(ready, begin(ready), "check")
    finished = step(ready, other, "sort", DIRECTOR, context={"reason": "said-once"})
    assert (finished.state, finished.revision) == ("done", 4)
    assert finished.closed_at is not None
    with ready.reading(ROBOT) as work:
        lines = usecases.look(work, other.id).history
    assert [(line.transition, line.reason) for line in lines[2:]] == [("sort", "said-once"), ("finish", None)]


def test_each_refusal_has_an_answer_of_its_own_and_changes_nothing(ready: Registry):
    case = begin(ready)
    shut.add(case.subject.id)
    entries = rows(ready, trail_event)
    answers = {
        "no-such-step": refusal(ready, case, "fly"),
        "step-not-possible": refusal(ready, case, "sort", DIRECTOR),
        "step-not-yours": refusal(ready, case, "check", DIRECTOR),
        "stale-revision": refusal(ready, case, "check", revision=7),
        "tiny-shut": refusal(ready, case, "check"),
    }
    assert {slug: error.slug for slug, error in answers.items()} == {slug: slug for slug in answers}
    assert isinstance(answers["no-such-step"], NotFoundError)
    assert isinstance(answers["step-not-yours"], ForbiddenError)
    assert str(answers["tiny-shut"]) == "Закрыто на замок."
    assert stored(ready, case) == case
    assert rows(ready, trail_event) == entries
    assert called == []


def test_an_immediate_step_cannot_be_taken_by_hand(ready: Registry):
    case = step(ready, begin(ready), "check")
    shut.add(case.subject.id)
    case = step(ready, case, "sort", DIRECTOR)
    shut.clear()
    assert refusal(ready, case, "finish", ROBOT).slug == "step-not-possible"


def test_a_closed_case_says_that_it_is_closed(ready: Registry):
    case = step(ready, begin(ready), "drop", DIRECTOR)
    assert (case.due_at, case.assignee_role) == (None, None)
    answer = refusal(ready, case, "check")
    assert answer.slug == "case-closed"
    assert "Брошено" in str(answer)


def unreached(ready: Registry) -> str:
    """How a case of another school is refused: PostgreSQL's row security does not show it at all."""
    return "step-not-yours" if ready.engine.dialect.name == "sqlite" else "no-case"


def test_a_director_of_another_school_may_not_step(ready: Registry):
    assert refusal(ready, begin(ready), "drop", STRANGER).slug == unreached(ready)


def test_a_person_cannot_pass_for_the_system(ready: Registry):
    impostor = Actor("staff", TUTOR.id, "system", "password", SCHOOL)
    case = step(ready, begin(ready), "check")
    assert refusal(ready, case, "back", impostor).slug == "step-not-yours"


def test_somebody_who_is_not_signed_in_cannot_pass_for_the_system(ready: Registry):
    case = step(ready, begin(ready), "check")
    visitor = Actor("system", None, "visitor", "none")
    assert refusal(ready, case, "back", visitor).slug == unreached(ready)


def test_there_is_no_case_under_a_foreign_id(ready: Registry):
    with pytest.raises(NotFoundError), ready.work(TUTOR) as work:
        usecases.advance(work, uuid4(), "check")


@pytest.mark.parametrize("context", [{"reason": "Мария Ивановна просила"}, {"note": "а" * 2001}, {"note": 5}])
def test_words_about_people_go_into_the_sealed_note_only(ready: Registry, context: dict[str, object]):
    assert isinstance(refusal(ready, begin(ready), "check", context=context), InvalidError)


def test_a_subject_has_one_case_of_a_definition(ready: Registry):
    case = begin(ready)
    with pytest.raises(ConflictError, match="уже начато"):
        begin(ready, case.subject)
    with ready.reading(ROBOT) as work:
        assert usecases.case_of(work, "tiny", case.subject) == case


def test_a_case_fits_its_definition(ready: Registry):
    with pytest.raises(InvalidError), ready.work(ROBOT) as work:
        usecases.start(work, "tiny", Subject("other", uuid4()), SCHOOL)
    with pytest.raises(InvalidError), ready.work(ROBOT) as work:
        usecases.start(work, "tiny", thing(), SCHOOL, dates={"other": work.today})
    with pytest.raises(NotFoundError), ready.work(ROBOT) as work:
        usecases.start(work, "unknown", thing(), SCHOOL)


def test_of_two_at_once_one_wins_and_the_other_hears_of_a_conflict(ready: Registry):
    case = step(ready, begin(ready), "check")
    gate = threading.Barrier(2)
    heard: list[str] = []

    def race(name: str) -> None:
        gate.wait()
        try:
            step(ready, case, name, DIRECTOR, revision=case.revision)
            heard.append("won")
        except ConflictError as error:
            heard.append(error.slug)

    racers = [threading.Thread(target=race, args=(name,)) for name in ("back", "drop")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(heard) == ["stale-revision", "won"]
    assert stored(ready, case).revision == case.revision + 1


def test_a_step_is_three_statements_of_the_engine_and_the_trails_own(ready: Registry):
    case = begin(ready)
    step(ready, case, "check")
    said: list[str] = []
    event.listen(ready.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    step(ready, case, "back", DIRECTOR)
    own = [one for one in said if "case" in one.split("\n")[0] or "cases" in one]
    assert len(own) == 3, own


def test_publishing_again_changes_nothing_and_a_changed_version_is_refused(ready: Registry):
    entries = rows(ready, trail_event)
    publish_tiny(ready)
    assert rows(ready, trail_event) == entries
    with pytest.raises(SettingsError, match="увеличьте version"):
        publish_tiny(ready, TINY.replace("48 hours", "47 hours"))


def test_a_running_case_keeps_the_version_that_it_began_with(ready: Registry):
    old = begin(ready)
    publish_tiny(
        ready, TINY.replace("version = 1", "version = 2").replace("transitions.check", "transitions.see")
    )
    new = begin(ready)
    assert step(ready, new, "see").version == 2
    assert step(ready, old, "check").version == 1
    assert refusal(ready, new, "check").slug == "no-such-step"


def test_a_name_that_lost_its_owner_stops_the_start_while_a_case_runs_on_it(
    ready: Registry, monkeypatch: pytest.MonkeyPatch
):
    begin(ready)
    monkeypatch.delitem(versions.NAMES.effects, "tiny.mark")
    with pytest.raises(SettingsError, match=r"tiny\.mark"), ready.work(ROBOT) as work:
        versions.publish(work, {})


def test_a_version_altered_in_the_database_runs_nothing(ready: Registry):
    case = begin(ready)
    versions._seen.clear()  # noqa: SLF001 - a process that has just started
    table = models.workflow_versions
    with ready.engine.begin() as connection:
        connection.execute(table.update().values(text=TINY.replace('"tiny-tutor"', '"tiny-director"')))
    with pytest.raises(TamperedError):
        step(ready, case, "check", DIRECTOR)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["check", "sort", "finish", "back", "drop"]),
        st.sampled_from([TUTOR, DIRECTOR, STRANGER, ROBOT]),
        st.booleans(),
    ),
    max_size=12,
)


MACHINE = [("check", TUTOR), ("sort", DIRECTOR), ("back", DIRECTOR), ("back", ROBOT), ("drop", DIRECTOR)]


@given(MOVES)
def test_history_replays_to_the_state_whatever_is_tried(
    ready: Registry, moves: list[tuple[str, Actor, bool]]
):
    case = begin(ready)
    for name, actor, closed in moves:
        (shut.add if closed else shut.discard)(case.subject.id)
        try:
            step(ready, case, name, actor)
        except (ConflictError, ForbiddenError, NotFoundError):
            continue
    assert_history_replays(ready, case)


@settings(max_examples=5 if settings().max_examples < 100 else 100)
@given(
    st.lists(st.sampled_from(MACHINE), min_size=4, max_size=8), st.lists(st.sampled_from(MACHINE), min_size=4)
)
def test_two_workers_who_race_over_one_case_never_break_its_history(
    ready: Registry, first: list[tuple[str, Actor]], second: list[tuple[str, Actor]]
):
    case = begin(ready)
    won: list[str] = []

    def work_on(moves: list[tuple[str, Actor]]) -> None:
        for name, actor in moves:
            try:
                step(ready, case, name, actor)
                won.append(name)
            except (ConflictError, ForbiddenError):
                continue

    workers = [threading.Thread(target=work_on, args=(moves,)) for moves in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = assert_history_replays(ready, case)
    assert sorted(name for name in taken if name != "finish") == sorted(won)


def assert_history_replays(registry: Registry, case: Case) -> list[str]:
    """Follow the history by the definition's table to the state; give the steps taken."""
    with registry.reading(ROBOT) as work:
        opened = usecases.look(work, case.id)
    state = opened.definition.start.id
    assert [line.number for line in opened.history] == list(range(1, opened.case.revision + 1))
    for line in opened.history[1:]:
        way = opened.definition.transition(line.transition or "")
        assert way is not None
        assert line.source == state in way.sources
        state = way.target
    assert state == opened.case.state
    return [line.transition or "" for line in opened.history[1:]]
