"""Every word of a page goes through the catalogue."""

import re

from tests.guards.source import ROOT

STAND_INS = "registry/sandbox/"  # pages of other organisations, not of the registry
LANGUAGES = re.compile("Русский|Български")  # a language is named in itself
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TRANSLATED = re.compile(
    rf"\{{%-?\s*trans\b.*?\bendtrans\b|\{{#.*?#\}}"
    rf"|\b(?:_|gettext|N_)\(\s*(?:{STRING}\s*)+|\b(?:ngettext|pgettext)\(\s*{STRING}\s*,\s*{STRING}",
    re.DOTALL,
)


def test_templates_have_no_words_outside_the_catalogue() -> None:
    bare = []
    for path in sorted((ROOT / "registry").rglob("templates/**/*.*")):
        if path.relative_to(ROOT).as_posix().startswith(STAND_INS):
            continue
        text = TRANSLATED.sub(lambda found: "\n" * found[0].count("\n"), LANGUAGES.sub("", path.read_text()))
        lines = [number for number, line in enumerate(text.splitlines(), 1) if CYRILLIC.search(line)]
        bare += [f"{path.relative_to(ROOT)}:{number}" for number in lines]
    assert not bare
