"""What a draft changes against the version in force, paragraph by paragraph."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

from registry.programmes.definition.edited import Wording


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: in which language and part, what stood there and what stands there now.

    Attributes:
        part: ``text``, ``plain`` or ``purpose``.
        before, after: paragraphs; empty where there was, or is, nothing.
    """

    language: str
    part: str
    before: str
    after: str


def differences(before: Mapping[str, Wording], after: Mapping[str, Wording]) -> tuple[Difference, ...]:
    """Compare the words of two versions; nothing is said exactly when they are the same."""
    nothing = Wording("", "", "")
    return tuple(
        one
        for language in dict.fromkeys([*before, *after])
        for one in _of_language(language, before.get(language, nothing), after.get(language, nothing))
    )


def _of_language(language: str, old: Wording, new: Wording) -> Iterator[Difference]:
    for part in (one.name for one in fields(Wording)):
        left, right = (_paragraphs(getattr(one, part)) for one in (old, new))
        for tag, begin, end, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag != "equal":
                yield Difference(language, part, "\n\n".join(left[begin:end]), "\n\n".join(right[first:last]))


def _paragraphs(text: str) -> list[str]:
    found = (" ".join(one.split()) for one in text.replace("\r\n", "\n").split("\n\n"))
    return [one for one in found if one]
