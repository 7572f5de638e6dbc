"""A broken definition is refused with file, line, key and reason; one that holds is read whole."""

from pathlib import Path

import pytest

from registry.errors import SettingsError
from registry.workflows import versions
from registry.workflows.definition import Definition, StateKind, check, digest, load, load_all, parse
from registry.workflows.definition.parse import LANGUAGES, LONGEST_FILE
from registry.workflows.names import NAMES
from tests.workflows.tiny import TINY

KNOWN = NAMES.known()

EXTRA_STATE = '[states.more]\ntitle = { ru = "Ещё" }\n'
STEP = '[transitions.more]\ntitle = {{ ru = "Ещё" }}\nfrom = ["{0}"]\nto = "{1}"\n{2}\n'
BY = 'by = ["tiny-tutor"]'


FAULTS = [
    ('kind = "start"', "", "states", "ровно одно начало"),
    (
        '[states.checked]\ntitle = { ru = "Проверено" }',
        '[states.checked]\ntitle = { ru = "П" }\nkind = "start"',
        "states",
        "а их 2",
    ),
    ('kind = "end"', "", "states", "хотя бы один конец"),
    ('to = "checked"', 'to = "nowhere"', "transitions.check.to", "состояния «nowhere» нет"),
    ('from = ["draft"]', 'from = ["nowhere"]', "transitions.check.from", "состояния «nowhere» нет"),
    ('from = ["draft"]', 'from = ["draft", "done"]', "transitions.check.from", "из конца «done»"),
    ('from = ["draft"]', "from = []", "transitions.check.from", "из какого состояния"),
    ('from = ["draft"]', 'from = ["draft", "draft"]', "transitions.check.from", "повторяется"),
    ('by = ["tiny-tutor"]', "", "transitions.check.by", "кто может"),
    ("immediate = true", 'immediate = true\nby = ["system"]', "transitions.finish.by", "уберите by"),
    ("immediate = true", 'immediate = "yes"', "transitions.finish.immediate", "true или false"),
    ('"tiny.open"', '"tiny.no_such"', "transitions.check.guards", "tiny.no_such"),
    ('"tiny.mark"', '"tiny.no_such"', "transitions.check.effects", "tiny.no_such"),
    ('jobs = ["tiny.tell"]', 'jobs = ["tiny.no_such"]', "transitions.check.jobs", "tiny.no_such"),
    ('by = ["tiny-tutor"]', 'by = ["nobody"]', "transitions.check.by", "nobody"),
    ('assignee = "tiny-tutor"', 'assignee = "nobody"', "states.draft.assignee", "nobody"),
    ('escalate = "tiny-director"', 'escalate = "nobody"', "deadlines[1].escalate", "nobody"),
    ('remind = "tiny.tell"', 'remind = "tiny.no_such"', "deadlines[0].remind", "tiny.no_such"),
    ('remind = "tiny.tell"', "", "deadlines[0]", "что делать"),
    ('after = "3 days"', 'after = "0 days"', "deadlines[0].after", "от 1 до"),
    ('after = "3 days"', 'after = "99999 days"', "deadlines[0].after", "от 1 до"),
    ('after = "3 days"', 'after = "soon"', "deadlines[0].after", "«3 days»"),
    ('after = "3 days"', "after = 3", "deadlines[0].after", "«3 days»"),
    ('after = "3 days"', 'after = "501 working days"', "deadlines[0].after", "от 1 до 500"),
    ('after = "3 days"', "", "deadlines[0]", "одно из трёх"),
    ('after = "3 days"', 'after = "3 days"\nat = "term"', "deadlines[0]", "одно из трёх"),
    ('after = "3 days"', 'after = "3 days"\nbefore = "1 day"', "deadlines[0].before", "вместе с at"),
    ('at = "term"', 'at = "birthday"', "deadlines[2].at", "«birthday»"),
    ('then = "back"', 'then = "check"', "deadlines[3].then", "шага «check»"),
    ('by = ["tiny-director", "system"]', 'by = ["tiny-director"]', "deadlines[3].then", "system"),
    ('state = "checked"', 'state = "done"', "deadlines[3].state", "ждать нечего"),
    ('after = "3 days"', 'after = "3 days"\nbirthday = 14', "deadlines[0]", "одно из трёх"),
    ('after = "3 days"', "birthday = 0", "deadlines[0].birthday", "целое число"),
    ('after = "3 days"', "birthday = 14", "deadlines[0].birthday", "нет дня рождения"),
    ('after = "3 days"', 'birthday = 14\nbefore = "5 hours"', "deadlines[0].birthday", "днями, а не часами"),
    ('remind = "tiny.tell"', 'remind = "tiny.tell"\nevery = "1 day"', "deadlines[0]", "только вместе"),
    ('remind = "tiny.tell"', 'remind = "tiny.tell"\nmost = 3', "deadlines[0]", "только вместе"),
    (
        'remind = "tiny.tell"',
        'remind = "tiny.tell"\nevery = "1 day"\nmost = 51',
        "deadlines[0].most",
        "целое число от 1 до 50",
    ),
    ('then = "back"', 'then = "back"\nevery = "1 day"\nmost = 2', "deadlines[3].every", "без then"),
    ('then = "back"', 'then = "back"\nescalate = "tiny-tutor"', "deadlines[3].escalate", "уберите escalate"),
    ("version = 1", 'version = 1\ncalendar = "kz"', "calendar", "такого календаря нет; есть: bg, ru"),
    (
        "immediate = true",
        "immediate = true\nwaits_for = { in = [] }",
        "transitions.finish.waits_for.in",
        "подчинённые дела",
    ),
    (
        "immediate = true",
        'immediate = true\nwaits_for = { process = "tiny", on = ["done"] }',
        "transitions.finish.waits_for.on",
        "такого ключа нет",
    ),
    ('state = "checked"', 'state = "nowhere"', "deadlines[3].state", "«nowhere»"),
    ('id = "tiny"', 'id = "../tiny"', "id", "строчными"),
    ("version = 1", "version = true", "version", "целое число"),
    ("version = 1", "version = 0", "version", "целое число"),
    ("version = 1", "version = 1\ncolour = 1", "colour", "такого ключа нет"),
    ('title = { ru = "Черновик" }', "title = {}", "states.draft.title.ru", "нет текста"),
    ('title = { ru = "Черновик" }', 'title = "Черновик"', "states.draft.title", "таблица"),
    ('ru = "Черновик"', 'ru = "a\\u0000b"', "states.draft.title.ru", "в одну строку"),
    ('ru = "Черновик"', f'ru = "{"а" * 201}"', "states.draft.title.ru", "до 200"),
    ('ru = "Черновик"', 'ru = "Черновик", de = "x"', "states.draft.title.de", "такого ключа нет"),
    ("version = 1", 'version = 1\nlanguages = ["ru", "en"]', "title.en", "нет текста"),
    ("version = 1", 'version = 1\nlanguages = ["en"]', "languages", "добавьте ru"),
    ("version = 1", 'version = 1\nlanguages = ["ru", "de"]', "languages", "бывают на языках"),
]
"""What is written instead of what, and the fault that this makes."""


def findings(text: str) -> list[tuple[str, str]]:
    return [(one.key, one.words()) for one in check(text, KNOWN).findings]


def test_a_definition_that_holds_is_read_in_the_order_of_the_file():
    definition = load(TINY, "tiny.toml", KNOWN)
    assert [state.id for state in definition.states] == ["draft", "checked", "sorting", "done", "dropped"]
    assert definition.start.id == "draft"
    assert [step.id for step in definition.ways_out("checked")] == ["sort", "back", "drop"]
    assert definition.state("done").kind is StateKind.END
    assert [number for number, _ in definition.deadlines_of("draft")] == [0, 1, 2]


@pytest.mark.parametrize(("old", "new", "key", "words"), FAULTS)
def test_a_fault_is_named_with_its_key_and_reason(old: str, new: str, key: str, words: str):
    assert old in TINY
    text = TINY.replace(old, new)
    assert any(found == key and words in said for found, said in findings(text)), findings(text)


@pytest.mark.parametrize(
    ("added", "key", "words"),
    [
        (EXTRA_STATE, "states.more", "нельзя попасть"),
        (EXTRA_STATE + STEP.format("draft", "more", BY), "states.more", "ловушка"),
        (STEP.format("checked", "done", "immediate = true"), "transitions.more.immediate", "делается всегда"),
        (
            STEP.format("draft", "sorting", 'immediate = true\nguards = ["tiny.open"]')
            + STEP.replace("more", "again").format(
                "sorting", "draft", 'immediate = true\nguards = ["tiny.open"]'
            ),
            "states.draft",
            "по кругу",
        ),
    ],
)
def test_what_makes_no_sense_as_a_graph_is_refused(added: str, key: str, words: str):
    head, sign, deadlines = TINY.partition("[[deadlines]]")
    found = findings(head + added + sign + deadlines)
    assert any(one == key and words in said for one, said in found), found


def test_the_words_of_a_refused_start_name_the_file_and_the_line():
    text = TINY.replace('to = "checked"', 'to = "nowhere"')
    line = text.split("\n").index('to = "nowhere"') + 1
    with pytest.raises(SettingsError) as refused:
        load(text, "tiny.toml", KNOWN)
    assert "tiny.toml" in str(refused.value)
    assert f"строка {line}, transitions.check.to: состояния «nowhere» нет" in str(refused.value)


def test_all_faults_of_the_shape_are_told_at_once():
    text = TINY.replace('id = "tiny"', "id = 5").replace('after = "3 days"', "after = 3")
    assert {key for key, _ in findings(text)} == {"id", "deadlines[0].after"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "это не таблица",
        "a = " + "[" * 100_000,
        "a = 1\na = 2",
        "\0",
        'id = "x"',
        'states = 5\ntransitions = "x"\ndeadlines = 7',
        "states = [1]",
        "[states]\nx = 5",
        "deadlines = [1, [2], {}]",
        "version = " + "9" * 5000,
    ],
)
def test_any_text_at_all_is_answered_with_findings(text: str):
    checked = check(text, KNOWN)
    assert checked.definition is None
    assert all(one.words() for one in checked.findings)
    assert checked.findings


def test_a_fault_of_the_toml_itself_has_its_line():
    [fault] = check('id = "x"\nversion = = 2\n', KNOWN).findings
    assert fault.line == 2


def test_ten_thousand_states_are_refused():
    many = "".join(f"[states.s{number}]\n" for number in range(10_000))
    assert len(many) <= LONGEST_FILE
    [fault] = check(many, KNOWN).findings
    assert (fault.key, fault.values["count"]) == ("states", 10_000)


def test_a_definition_of_any_length_is_refused_before_it_is_read():
    [fault] = check("#" * (LONGEST_FILE + 1), KNOWN).findings
    assert fault.values["most"] == LONGEST_FILE


def test_the_digest_knows_the_meaning_and_not_the_layout():
    first = load(TINY, "tiny.toml", KNOWN)
    commented = load("# words\n" + TINY.replace(" = ", "  =  "), "tiny.toml", KNOWN)
    other = load(TINY.replace("48 hours", "47 hours"), "tiny.toml", KNOWN)
    assert digest(first) == digest(commented)
    assert digest(first) != digest(other)


@pytest.mark.parametrize("file", sorted(versions.shipped()))
def test_a_shipped_definition_holds_but_for_the_names_that_other_rooms_own(file: str):
    checked = check(versions.shipped()[file], KNOWN)
    assert isinstance(checked.definition, Definition)
    assert checked.definition.id == file.removesuffix(".toml")
    owned_elsewhere = ("ни у одной комнаты", "нет дня рождения")
    assert all(any(words in one.words() for words in owned_elsewhere) for one in checked.findings)


LATE = '[[deadlines]]\nstate = "checked"\nafter = "2 hours"\nescalate = "tiny-director"\n'


def test_a_deadline_that_an_earlier_one_always_keeps_from_passing_is_refused():
    [(key, words)] = findings(TINY + LATE)
    assert key == "deadlines[4].after"
    assert "раньше дело уйдёт шагом «back»" in words
    assert findings(TINY + LATE.replace("2 hours", "1 hour")) == []


@pytest.mark.parametrize(
    ("waits_for", "words"),
    [
        ('{ process = "no-such", in = ["done"] }', "процесса «no-such» нет"),
        ('{ process = "tiny", in = ["done", "nowhere"] }', "состояния «nowhere» нет"),
    ],
)
def test_a_process_that_is_waited_for_must_be_there_with_its_states(waits_for: str, words: str):
    text = TINY.replace('by = ["tiny-tutor"]', f'by = ["tiny-tutor"]\nwaits_for = {waits_for}')
    assert findings(text) == []
    with pytest.raises(SettingsError, match=words):
        load_all({"tiny.toml": text}, KNOWN)
    good = text.replace(waits_for, '{ process = "tiny", in = ["done"] }')
    assert load_all({"tiny.toml": good}, KNOWN)["tiny.toml"].id == "tiny"


def test_the_digest_of_what_was_published_before_the_language_grew_is_as_it_was():
    """Cases run on versions stored with their digests: a new key must not change those without it."""
    first = Path(__file__).parents[1] / "vectors" / "submission-workflow-1.toml"
    definition, _ = parse(first.read_text("utf-8"))
    assert definition is not None
    assert digest(definition) == "fa1d0e250001ad758a9f923497b1598b6ed9f017c9157eedb2a0f5ddc2e2591d"


@pytest.mark.parametrize("file", sorted(versions.shipped()))
def test_a_shipped_definition_speaks_every_language_of_the_pages(file: str):
    definition, _ = parse(versions.shipped()[file])
    assert definition is not None
    assert definition.languages == LANGUAGES
