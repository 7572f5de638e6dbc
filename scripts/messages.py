"""`python -m scripts.messages`: bring the catalogues of other languages up to the texts of the registry.

The texts stand in the code in Russian, the source language. A text that is new comes into each catalogue with
nothing beside it; one that nobody says any more goes. Catalogues are in the order of their Russian texts, one
text a line, with no moment and no line numbers in them: two who translate different texts do not collide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from registry.catalogues import PLACE, TRANSLATIONS

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "registry"
LANGUAGES = ("bg", "en")
HEAD = """# The words of the registry in {name}: `make messages` keeps them, scripts/translate.py fills them.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text for translation: its words (two where it has a plural) and where it stands."""

    words: tuple[str, ...]
    context: str | None
    file: str
    line: int


def gather() -> Iterator[Text]:
    """Read the texts out of the code and the templates, by babel.cfg."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    found: Any = extract_from_dir(HOUSE, methods, options, keywords=DEFAULT_KEYWORDS)
    for file_name, line, words, _, context in found:
        yield Text((words,) if isinstance(words, str) else tuple(words), context, file_name, line)


def template() -> Catalog:
    """Give all texts, none translated, each with the files that say it."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for text in sorted(gather(), key=lambda one: (one.file, one.line)):
        words = text.words[0] if len(text.words) == 1 else text.words
        found.add(words, locations=[(f"registry/{text.file}", None)], context=text.context)
    return found


def read(language: str, folder: Path = TRANSLATIONS) -> Catalog:
    """Read the catalogue of a language; a new one has no texts yet."""
    file = folder / language / PLACE
    return read_po(BytesIO(file.read_bytes() if file.exists() else b""), locale=language, charset="utf-8")


def write(catalog: Catalog, folder: Path = TRANSLATIONS) -> None:
    """Write a catalogue in the one form that all have."""
    language = str(catalog.locale)
    file = folder / language / PLACE
    file.parent.mkdir(parents=True, exist_ok=True)
    name = Locale.parse(language).english_name
    texts = BytesIO()
    write_po(texts, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True)
    head = HEAD.format(name=name, language=language, plurals=catalog.plural_forms)
    file.write_text(head + texts.getvalue().decode().strip() + "\n")


def main() -> None:
    """Bring the catalogues up to the texts."""
    texts = template()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(texts, no_fuzzy_matching=True)
        write(catalog)
        lacking = sum(1 for one in catalog if one.id and not one.string)
        print(f"{language}: {len(catalog)} texts, {lacking} to translate")


if __name__ == "__main__":
    main()
