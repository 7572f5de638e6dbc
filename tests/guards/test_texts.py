"""Every word of a page goes through the catalogue, and every place in it is filled."""

import ast
import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from scripts.messages import Text, gather
from tests.guards.source import ROOT, Module, dotted, modules

STAND_INS = "registry/sandbox/"  # pages of other organisations, not of the registry
LANGUAGES = re.compile("Русский|Български")  # a language is named in itself
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
PLACE = re.compile(r"%\((\w+)\)[sd]")
STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TRANSLATED = re.compile(
    rf"\{{%-?\s*trans\b.*?\bendtrans\b|\{{#.*?#\}}"
    rf"|\b(?:_|gettext|N_)\(\s*(?:{STRING}\s*)+|\b(?:ngettext|pgettext)\(\s*{STRING}\s*,\s*{STRING}",
    re.DOTALL,
)
NO_PLACES = {"code", "fields"}
"""Arguments of an error that do not fill places of its text."""
MARKS = {"N_", "_", "gettext"}
MARKS_OF_CODE = MARKS | {"ngettext", "lazy_gettext"}
UNMARKED = {
    "consents/usecases/clicking.py:_words": "ё is е when a typed name is compared",
    "documents/marks.py:_LIKE": "letters that somebody who types a mark takes for others",
    "people/class_names.py:_LATIN_TWINS": "letters that look like others",
    "people/class_names.py:_WHOLE": "the pattern of a class's name",
    "people/class_names.py:_INSIDE": "the pattern of a class's name among words",
    "people/dates.py:_IN_WORDS": "the pattern of a date in words",
    "people/dates.py:_YEAR_WORD": "what people write after a year",
    "people/dates.py:_MONTHS": "months as lists name them",
    "people/names.py:_PARTICLES": "parts of names that stay small",
    "people/names.py:_NONE": "how lists say that there is no patronymic",
    "people/names.py:_RUSSIAN": "the pattern of a Russian name",
    "people/names.py:fold": "ё is е when names are compared",
    "people/names.py:_script": "the ends of the alphabet",
    "people/relations.py:_STEMS": "how lists say who somebody is to a child",
    "people/relations.py:_DOCUMENT": "how lists name a document",
    "people/relations.py:parse_relation": "ё is е when words of a list are compared",
    "people/rosters/headers.py:_PATTERNS": "the patterns of a list's columns",
    "people/rosters/headers.py:_MOTHER": "a pattern of a list's columns",
    "people/rosters/headers.py:_FATHER": "a pattern of a list's columns",
    "people/rosters/headers.py:_PARENT": "a pattern of a list's columns",
    "people/rosters/headers.py:_PUPIL": "a pattern of a list's columns",
    "people/rosters/headers.py:_Sides": "a relation as a list would say it, to be read by its rule",
    "people/rosters/headers.py:_label": "a relation as a list would say it, to be read by its rule",
    "people/rosters/headers.py:_words": "ё is е when words of a list are compared",
    "people/rosters/layout.py:_FOOTER": "the pattern of what stands under a list",
    "people/rosters/values.py:_SHORTENED": "a Cyrillic letter in a number that a spreadsheet shortened",
    "people/rosters/workbook.py:CLASS_HEADER": "a column's title, read back when the list is uploaded again",
    "people/rosters/workbook.py:_STUDENT": "columns' titles, read back when the list is uploaded again",
    "people/rosters/workbook.py:_GUARDIAN": "columns' titles, read back when the list is uploaded again",
    "programmes/facts.py:_NO_NAMES": "words of a document that are no issuer's name",
    "programmes/drafts/sample.py:SAMPLE": "invented people, who are shown as they are in every language",
    "programmes/rules/titles.py:LANGUAGES": "each language by its own name",
    "proofs/check_bundle.py:Act": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:Report": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:WORDS": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:check": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:keys_of": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:main": "it stands alone and has both languages in itself",
    "proofs/check_bundle.py:unpack": "it stands alone and has both languages in itself",
}
"""Words of code that nobody is shown: module:name of what holds them, and why no catalogue has them."""


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """All texts for translation, as `make messages` gathers them."""
    return list(gather())


def test_templates_have_no_words_outside_the_catalogue() -> None:
    bare = []
    for path in sorted((ROOT / "registry").rglob("templates/**/*.*")):
        if path.relative_to(ROOT).as_posix().startswith(STAND_INS):
            continue
        text = TRANSLATED.sub(lambda found: "\n" * found[0].count("\n"), LANGUAGES.sub("", path.read_text()))
        lines = [number for number, line in enumerate(text.splitlines(), 1) if CYRILLIC.search(line)]
        bare += [f"{path.relative_to(ROOT)}:{number}" for number in lines]
    assert not bare


def test_every_text_for_translation_is_russian_or_of_no_language(texts: list[Text]) -> None:
    """The Russian sentence is the key of all catalogues; an English one would be shown to people as it is."""
    assert texts
    strange = [
        f"{text.file}:{text.line} {words}"
        for text in texts
        for words in text.words
        if LATIN_WORD.search(PLACE.sub("", words)) and not CYRILLIC.search(words)
    ]
    assert not strange


def test_texts_of_code_and_of_templates_are_gathered(texts: list[Text]) -> None:
    files = {text.file for text in texts}
    assert any(name.endswith(".py") for name in files)
    assert any(name.endswith(".html") for name in files)
    assert any(name.startswith("letters/templates/") for name in files)
    assert not [name for name in files if name.startswith("sandbox/")]


def marked(node: ast.expr) -> str | None:
    """Give the literal inside `N_("...")`."""
    inside = isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in MARKS and node.args
    literal = node.args[0] if inside and isinstance(node, ast.Call) else None
    return literal.value if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None


def given(call: ast.Call) -> set[str] | None:
    """Name the values that a call gives to its text; None when they cannot be told from the source."""
    keywords = {keyword.arg for keyword in call.keywords}
    if None in keywords:
        return None
    return {name for name in keywords if name} - NO_PLACES


def raises(module: Module) -> Iterator[tuple[int, str, set[str]]]:
    """Find the errors that are made with a marked text alone: line, text, names of the values."""
    for call in module.calls:
        text = marked(call.args[0]) if len(call.args) == 1 else None
        values = given(call)
        if dotted(call.func).endswith("Error") and text is not None and values is not None:
            yield call.lineno, text, values


def findings(module: Module) -> Iterator[tuple[int, str, set[str]]]:
    """Find the texts that stand right before a dictionary of their values."""
    for call in module.calls:
        for text, values in zip(call.args, call.args[1:], strict=False):
            words = marked(text)
            if words is not None and isinstance(values, ast.Dict):
                keys = {key.value for key in values.keys if isinstance(key, ast.Constant)}
                yield call.lineno, words, {str(key) for key in keys}


def test_every_place_of_a_text_is_filled_where_it_is_raised() -> None:
    found = [(module.path, *one) for module in modules() for one in (*raises(module), *findings(module))]
    assert found
    strange = [f"{path}:{line} {text}" for path, line, text, values in found if places(text) != values]
    assert not strange


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def test_a_text_with_places_has_no_bare_percent_sign(texts: list[Text]) -> None:
    """`%` begins a place; one that stands for itself is written twice, and only where there are places."""
    strange = [
        f"{text.file}:{text.line} {words}"
        for text in texts
        for words in text.words
        if places(words) and "%" in PLACE.sub("", words).replace("%%", "")
    ]
    assert not strange


def template_calls() -> Iterator[tuple[str, str, set[str]]]:
    """Find the calls for a text in templates: where, the text, names of the values."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((ROOT / "registry").rglob("templates/**/*.*")):
        for call in environment.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in MARKS and call.args:
                literal = call.args[0]
                if isinstance(literal, nodes.Const) and call.dyn_kwargs is None:
                    where = f"{path.relative_to(ROOT)}:{call.lineno}"
                    yield where, str(literal.value), {keyword.key for keyword in call.kwargs}


def test_every_place_of_a_text_is_filled_in_its_template() -> None:
    found = list(template_calls())
    assert found
    assert not [f"{where} {text}" for where, text, values in found if places(text) != values]


def unmarked(module: Module) -> Iterator[tuple[str, int]]:
    """Find Russian words outside marks and docstrings: the name at the top that holds them, and the line."""
    for statement in module.tree.body:
        quiet = {id(part) for node in ast.walk(statement) if speaks(node) for part in ast.walk(node)}
        for node in ast.walk(statement):
            if id(node) not in quiet and isinstance(node, ast.Constant) and CYRILLIC.search(str(node.value)):
                yield name_of(statement), node.lineno


def speaks(node: ast.AST) -> bool:
    """Whether a node may hold words: a call that marks a text, or a string that stands by itself."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in MARKS_OF_CODE


def name_of(statement: ast.stmt) -> str:
    """Name a function, a class, or what an assignment binds."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return dotted(target)
    return str(getattr(statement, "name", ""))


def test_code_has_no_words_outside_the_catalogue() -> None:
    found = {
        f"{module.path.removeprefix('registry/')}:{name}": line
        for module in modules()
        if not module.path.startswith(STAND_INS)
        for name, line in unmarked(module)
    }
    assert not {where: line for where, line in found.items() if where not in UNMARKED}
    assert not UNMARKED.keys() - found.keys(), "an exception that nothing needs any more"
