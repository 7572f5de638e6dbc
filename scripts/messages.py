"""`python -m scripts.messages`: gather the texts of the registry into registry/translations/messages.pot.

The texts stand in the code in Russian, the source language; a translator starts a catalogue of his language
from the gathered file: ``pybabel init -i registry/translations/messages.pot -d registry/translations -l bg``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "registry"
TEMPLATE = HOUSE / "translations" / "messages.pot"


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


def main() -> None:
    """Write the file that translators start from."""
    catalog = Catalog(project="consent-registry", charset="utf-8", fuzzy=False)
    for text in gather():
        words = text.words[0] if len(text.words) == 1 else text.words
        catalog.add(words, locations=[(f"registry/{text.file}", text.line)], context=text.context)
    TEMPLATE.parent.mkdir(exist_ok=True)
    with TEMPLATE.open("wb") as file:
        write_po(file, catalog, sort_by_file=True, include_lineno=False)
    print(f"{len(catalog)} texts in {TEMPLATE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
