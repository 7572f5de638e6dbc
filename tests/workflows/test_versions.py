"""Versions and drafts: what is shipped, what people publish with two pairs of eyes, what they are told."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import ConflictError, InvalidError, NotFoundError
from registry.trail.entries import Actor
from registry.trail.verify import Severity, verify
from registry.work import Registry
from registry.workflows import models, usecases, versions
from registry.workflows.definition import Definition, digest, parse
from registry.workflows.drafts import usecases as drafts
from registry.workflows.drafts.differences import differences
from registry.workflows.drafts.phrases import Phrase
from registry.workflows.drafts.rules import Draft, DraftState
from registry.workflows.facts import BESIDES, KIND, present_states
from registry.workflows.models import Origin
from tests.workflows.tiny import DIRECTOR, IN_THREE, ROBOT, SCHOOL, TINY, TUTOR, publish_tiny, shut, thing

LONGER = 'after = "3 days"', 'after = "5 days"'


@pytest.fixture
def ready(registry: Registry) -> Registry:
    shut.clear()
    publish_tiny(registry, IN_THREE)
    return registry


def take(registry: Registry, by: Actor = TUTOR) -> Draft:
    with registry.work(by) as work:
        return drafts.take(work, "tiny")


def write(registry: Registry, draft: Draft, text: str, by: Actor = TUTOR) -> Draft:
    with registry.work(by) as work:
        return drafts.write(work, draft.id, draft.revision, text)


def propose(registry: Registry, draft: Draft, by: Actor = TUTOR) -> Draft:
    with registry.work(by) as work:
        return drafts.propose(work, draft.id, draft.revision, "родители отвечают дольше")


def approve(registry: Registry, draft: Draft, by: Actor = DIRECTOR) -> Draft:
    with registry.work(by) as work:
        return drafts.approve(work, draft.id, draft.revision)


def edited(registry: Registry, before: str = LONGER[0], after: str = LONGER[1]) -> Draft:
    draft = take(registry)
    return approve(registry, propose(registry, write(registry, draft, draft.text.replace(before, after))))


def faults(registry: Registry) -> list[str]:
    readers = {KIND: present_states, **BESIDES}
    report = verify(registry.engine, registry.vault, registry.trail, readers)
    return [str(one) for one in report.findings if one.severity is Severity.TAMPERED]


def held(registry: Registry) -> list[models.Version]:
    with registry.reading(ROBOT) as work:
        return models.versions_of(work.connection, "tiny")


def test_a_draft_that_two_people_agree_on_is_what_new_cases_begin_with(ready: Registry):
    with ready.work(ROBOT) as work:
        old = usecases.start(work, "tiny", thing(), SCHOOL)
    done = edited(ready)
    assert (done.state, done.version) == (DraftState.PUBLISHED, 2)
    with ready.work(ROBOT) as work:
        new = usecases.start(work, "tiny", thing(), SCHOOL)
        definition = versions.definition_of(work.connection, new)
        assert usecases.look(work, old.id).case.version == 1
    assert (new.version, definition.deadlines[0].after) == (2, replace(TWO_DAYS, count=5))
    last = held(ready)[-1]
    assert (last.origin, last.based_on) == (Origin.EDITED, 1)
    assert (last.edited_by, last.approved_by) == (TUTOR.id, DIRECTOR.id)
    with ready.reading(ROBOT) as work:
        assert "version = 2" in (models.text_of(work.connection, "tiny", 2) or "")
    assert faults(ready) == []


def test_a_draft_cannot_run_and_a_definition_has_one_at_a_time(ready: Registry):
    draft = take(ready)
    write(ready, draft, IN_THREE.replace(*LONGER))
    with ready.work(ROBOT) as work:
        assert usecases.start(work, "tiny", thing(), SCHOOL).version == 1
    with pytest.raises(ConflictError) as said:
        take(ready, DIRECTOR)
    assert said.value.slug == "draft-exists"


def test_who_asked_cannot_agree_and_nothing_is_published_that_nobody_asked_for(ready: Registry):
    draft = write(ready, take(ready), IN_THREE.replace(*LONGER))
    with pytest.raises(ConflictError) as said:
        approve(ready, draft)
    assert said.value.slug == "nothing-asked"
    asked = propose(ready, draft)
    with pytest.raises(ConflictError) as said:
        approve(ready, asked, TUTOR)
    assert said.value.slug == "same-person"
    with pytest.raises(ConflictError) as said:
        approve(ready, asked, ROBOT)
    assert said.value.slug == "same-person"
    assert len(held(ready)) == 1


def test_a_text_that_is_written_after_the_asking_has_to_be_asked_for_again(ready: Registry):
    asked = propose(ready, write(ready, take(ready), IN_THREE.replace(*LONGER)))
    later = write(ready, asked, IN_THREE.replace(LONGER[0], 'after = "9 days"'), DIRECTOR)
    assert (later.state, later.asked_by) == (DraftState.DRAFTING, None)
    with pytest.raises(ConflictError) as said:
        approve(ready, asked)
    assert said.value.slug == "stale-revision"
    assert faults(ready) == []


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('to = "checked"', 'to = "nowhere"', "transitions.check.to"),
        ('guards = ["tiny.open"]', 'guards = ["os.system"]', "transitions.check.guards"),
        ('id = "tiny"', 'id = "other"', "id"),
        ('subject = "thing"', 'subject = "student"', "subject"),
        ('dates = ["term"]', 'dates = ["other"]', "dates"),
        ('id = "tiny"', 'id = "tiny', "TOML"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_at_once_and_keeps_it_from_being_published(
    ready: Registry, before: str, after: str, key: str
):
    draft = write(ready, take(ready), IN_THREE.replace(before, after))
    with ready.reading(ROBOT) as work:
        opened = drafts.look(work, draft.id)
    assert key in [one.key for one in opened.checked.findings]
    assert not opened.fit
    with pytest.raises(ConflictError) as said:
        propose(ready, draft)
    assert said.value.slug == "draft-broken"


def test_a_draft_that_changes_nothing_is_not_published(ready: Registry):
    draft = write(ready, take(ready), "# a comment\n" + IN_THREE)
    with pytest.raises(ConflictError) as said:
        propose(ready, draft)
    assert said.value.slug == "draft-changes-nothing"


def test_a_draft_is_given_back_or_given_up_and_a_reason_is_demanded(ready: Registry):
    draft = write(ready, take(ready), IN_THREE.replace(*LONGER))
    with ready.work(TUTOR) as work, pytest.raises(InvalidError):
        drafts.propose(work, draft.id, draft.revision, " ")
    asked = propose(ready, draft)
    with ready.work(DIRECTOR) as work:
        back = drafts.decline(work, asked.id, asked.revision)
    assert (back.state, back.why) == (DraftState.DRAFTING, None)
    with ready.work(TUTOR) as work:
        drafts.drop(work, back.id, back.revision)
    with pytest.raises(ConflictError) as said:
        write(ready, replace(back, revision=back.revision + 1), IN_THREE)
    assert said.value.slug == "draft-closed"
    assert take(ready).based_on == 1
    assert faults(ready) == []


def test_a_newer_file_replaces_a_shipped_version_and_never_one_that_people_made(ready: Registry):
    publish_tiny(ready, IN_THREE.replace("version = 1", "version = 2").replace("48 hours", "47 hours"))
    assert [one.version for one in held(ready)] == [1, 2]
    edited(ready)
    third = IN_THREE.replace("version = 1", "version = 3").replace("48 hours", "46 hours")
    publish_tiny(ready, third)
    assert [(one.version, one.origin) for one in held(ready)][-1] == (3, Origin.EDITED)
    with ready.work(TUTOR) as work:
        newer = versions.newer(work.connection, {"tiny.toml": third})["tiny"]
        draft = drafts.take(work, "tiny", newer=newer)
    approve(ready, propose(ready, draft))
    with ready.reading(ROBOT) as work:
        assert not versions.newer(work.connection, {"tiny.toml": third})
    assert [(one.version, one.shipped) for one in held(ready)][-1] == (4, 3)
    publish_tiny(ready, third)
    assert len(held(ready)) == 4
    assert faults(ready) == []


def test_nothing_is_published_over_a_version_that_its_author_did_not_see(ready: Registry):
    draft = propose(ready, write(ready, take(ready), IN_THREE.replace(*LONGER)))
    publish_tiny(ready, IN_THREE.replace("version = 1", "version = 2").replace("48 hours", "47 hours"))
    with pytest.raises(ConflictError) as said:
        approve(ready, draft)
    assert said.value.slug == "draft-behind"
    written = write(ready, draft, draft.text)
    assert (written.based_on, written.state) == (2, DraftState.DRAFTING)
    assert approve(ready, propose(ready, written)).version == 3


def test_a_draft_that_is_not_there_is_not_found(ready: Registry):
    with ready.reading(ROBOT) as work, pytest.raises(NotFoundError):
        drafts.look(work, thing().id)
    with ready.work(ROBOT) as work, pytest.raises(NotFoundError):
        drafts.take(work, "nothing")


def test_an_altered_version_or_draft_is_found_by_the_verifier(ready: Registry):
    take(ready)
    for table, change in (
        (models.tables.workflow_drafts, {"text": "another"}),
        (models.tables.workflow_versions, {"digest": "0" * 64}),
    ):
        assert faults(ready) == []
        with ready.engine.begin() as connection:
            before = dict(connection.execute(table.select()).mappings().one())
            connection.execute(table.update().values(**change))
        assert faults(ready)
        with ready.engine.begin() as connection:
            connection.execute(table.update().values({name: before[name] for name in change}))


def read(text: str) -> Definition:
    definition, findings = parse(text)
    assert definition is not None, findings
    return definition


TWO_DAYS = read(TINY.replace("3 days", "2 days")).deadlines[0].after


def said(phrase: Phrase) -> str:
    values = {
        name: said(value) if isinstance(value, Phrase) else value["ru"] if isinstance(value, dict) else value
        for name, value in phrase.values.items()
    }
    return phrase.text % values if values else phrase.text


def test_an_official_reads_that_three_days_became_five():
    (one,) = differences(read(TINY), read(TINY.replace(*LONGER)))
    assert said(one.place) == "Состояние «Черновик», напоминание (срок – дней: 3)"
    assert (said(one.part), [*map(said, one.before)], [*map(said, one.after)]) == (
        "Срок",
        ["дней: 3"],
        ["дней: 5"],
    )
    assert one.key == "deadlines[0].after"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (
            '"48 hours"',
            '"36 hours"',
            "Состояние «Черновик», переход по сроку к роли: tiny-director (срок – часов: 48)",
        ),
        (
            'at = "term"\nthen',
            'at = "term"\nbefore = "2 days"\nthen',
            "Состояние «Черновик», шаг по сроку «Бросить» (срок – дата «term»)",
        ),
    ],
)
def test_a_changed_deadline_is_named_by_what_happens_at_it_and_when(before: str, after: str, place: str):
    (one,) = differences(read(TINY), read(TINY.replace(before, after, 1)))
    assert said(one.place) == place


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('title = { ru = "Готово" }', 'title = { ru = "Сделано" }', "Название (ru): «Готово» -> «Сделано»"),
        ('assignee = "tiny-tutor"', 'assignee = "system"', "Чья задача: tiny-tutor -> system"),
        ('jobs = ["tiny.tell"]', "", "Задания после шага: tiny.tell -> "),
        ('to = "sorting"', 'to = "done"', "В какое состояние: «Сортировка» -> «Готово»"),
        ('at = "term"\nthen', 'at = "term"\nbefore = "2 days"\nthen', "Заранее:  -> дней: 2"),
        (
            '[[deadlines]]\nstate = "checked"\nafter = "1 hour"\nthen = "back"\n',
            "",
            "Убрано: Срок: часов: 1; По сроку шаг: «Вернуть» -> ",
        ),
    ],
)
def test_each_kind_of_change_has_its_words(before: str, after: str, words: str):
    assert before in TINY
    found = differences(read(TINY), read(TINY.replace(before, after, 1)))
    lines = [
        f"{said(one.part)}: {'; '.join(map(said, one.before))} -> {'; '.join(map(said, one.after))}"
        for one in found
    ]
    assert words in lines


PIECES = (
    ("3 days", "5 days"),
    ('ru = "Готово"', 'ru = "Сделано"'),
    ('dates = ["term"]', 'dates = ["term", "other"]'),
    ('assignee = "tiny-tutor"', ""),
    ("immediate = true", 'by = ["system"]'),
    ('[states.dropped]\ntitle = { ru = "Брошено" }\nkind = "end"\n', ""),
    ("version = 1", "version = 7"),
    ("# ", "# another comment "),
)


@given(ones=st.sets(st.sampled_from(PIECES)), others=st.sets(st.sampled_from(PIECES)), turned=st.booleans())
def test_nothing_is_said_exactly_when_two_definitions_are_the_same(
    ones: set[tuple[str, str]], others: set[tuple[str, str]], *, turned: bool
):
    old, new = (_changed(TINY, pieces) for pieces in (ones, others))
    if turned:
        new = replace(new, deadlines=new.deadlines[::-1])
    same = digest(versions.numbered(old, 1)) == digest(versions.numbered(new, 1))
    assert bool(differences(old, new)) is not same


def _changed(text: str, pieces: set[tuple[str, str]]) -> Definition:
    for before, after in sorted(pieces):
        text = re.sub(re.escape(before), after, text, count=1)
    return read(text)
