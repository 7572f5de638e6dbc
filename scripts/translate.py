"""`python -m scripts.translate LANGUAGE FILE...`: put translations into a catalogue.

A file is JSON: {"Russian text": "its translation"}; a text with a plural has a list of its forms. Nothing is
written when one of them is no text of the registry, or loses or adds a place or a tag. Without a file: print
the texts that wait, as such a file with nothing in it.
"""

import json
import re
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message

from scripts.messages import read, template, write

PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


def russian(message: Message) -> str:
    """Give the text itself; of one with a plural, its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def faults(message: Message) -> list[str]:
    """Say what is wrong with the translation of a text; nothing when it may be shown."""
    said = [message.id] if isinstance(message.id, str) else list(message.id)
    meant = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(meant):
        return [f"not translated: {russian(message)}"]
    if message.fuzzy:
        return [f"to be looked at again: {russian(message)}"]
    kept = [sorted(set(pattern.findall(said[-1]))) for pattern in (PLACE, TAG)]
    return [
        f"places or tags differ: {russian(message)} -> {words}"
        for words in meant
        if [sorted(set(pattern.findall(words))) for pattern in (PLACE, TAG)] != kept
        or said[-1].count("\n") != words.count("\n")
        or (said[-1][:1].isspace(), said[-1][-1:].isspace()) != (words[:1].isspace(), words[-1:].isspace())
    ]


def fill(catalog: Catalog, words: dict[str, str | list[str]]) -> list[str]:
    """Put translations into a catalogue; say what is wrong with them."""
    known = {russian(message): message for message in catalog}
    wrong = [f"no such text: {text}" for text in words if text not in known]
    for text in words.keys() & known.keys():
        meant = words[text]
        known[text].string = tuple(meant) if isinstance(meant, list) else meant
        known[text].flags.discard("fuzzy")
        wrong += faults(known[text])
    return wrong


def main() -> None:
    """Fill a catalogue from files, or print what waits."""
    language, *files = sys.argv[1:]
    catalog = read(language)
    catalog.update(template(), no_fuzzy_matching=True)
    if not files:
        waiting = {
            one.id if isinstance(one.id, str) else one.id[0]: "" for one in catalog if one.id and faults(one)
        }
        print(json.dumps(waiting, ensure_ascii=False, indent=0))
        return
    wrong = [one for file in files for one in fill(catalog, json.loads(Path(file).read_text()))]
    if wrong:
        sys.exit("\n".join(wrong))
    write(catalog)


if __name__ == "__main__":
    main()
