"""Texts that people of this installation wrote: they stand in place of those that a definition names.

They lie beside the definition as one more of its texts, so that the digest of a version covers them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.programmes.definition.tidy import sha256_of, tidied
from registry.programmes.rules import Notice, NoticeKind

EDITED: Final = "edited.json"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one document in one language.

    Attributes:
        text: the document; plain: the same in simple words, or nothing; purpose: item 4, said once.
    """

    text: str
    plain: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Written:
    """One document as it was written here: its version, and its words in each language."""

    version: str
    words: Mapping[str, Wording]


@dataclass(frozen=True, slots=True)
class Edited:
    """Everything that was written here; `number` counts the versions that came of it."""

    number: int = 0
    documents: Mapping[NoticeKind, Written] = field(default_factory=dict)


def read_edited(texts: Mapping[str, str]) -> Edited:
    """Read what was written here beside a definition; nothing where everything is as it was shipped."""
    if EDITED not in texts:
        return Edited()
    said = json.loads(texts[EDITED])
    return Edited(said["number"], {NoticeKind(kind): _written(one) for kind, one in said["notices"].items()})


def write_edited(edited: Edited) -> str:
    """Write it down, the same each time."""
    notices = {
        kind.value: {
            "version": one.version,
            "words": {
                language: {"plain": words.plain, "purpose": words.purpose, "text": words.text}
                for language, words in one.words.items()
            },
        }
        for kind, one in edited.documents.items()
    }
    said = {"number": edited.number, "notices": notices}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def laid_over(edited: Edited, notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Put the words that were written here in their places."""
    return tuple(_laid_over(edited, one) for one in notices)


def wording_of(notice: Notice) -> Wording:
    """Take the words of a document."""
    return Wording(notice.text, notice.plain, notice.purpose)


def worded(notice: Notice, words: Wording) -> Notice:
    """Give a document other words, tidied; its digest follows."""
    text, plain = tidied(words.text), tidied(words.plain) if words.plain.strip() else ""
    changed = replace(notice, text=text, plain=plain, purpose=" ".join(words.purpose.split()))
    return replace(changed, sha256=sha256_of(changed.whole))


def _laid_over(edited: Edited, notice: Notice) -> Notice:
    written = edited.documents.get(notice.kind)
    if written is None:
        return notice
    numbered = replace(notice, version=written.version)
    words = written.words.get(notice.language)
    return worded(numbered, words) if words else numbered


def _written(said: Mapping[str, Any]) -> Written:
    return Written(said["version"], {language: Wording(**words) for language, words in said["words"].items()})
