"""A draft's words held against what the law wants of its document: what keeps it from being published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.errors import N_
from registry.programmes.definition.edited import Wording, worded
from registry.programmes.definition.texts import LONGEST_TEXT
from registry.programmes.drafts.sample import SAMPLE
from registry.programmes.items import ITEMS, KNOWN_PLACES, Problem, problems_of
from registry.programmes.rendering import Rendered, render_form
from registry.programmes.rules import Notice, NoticeKind, Programme
from registry.programmes.templates import TemplateError, parse_template, places_of

LONGEST_PURPOSE = 1_000


@dataclass(frozen=True, slots=True)
class Item:
    """One item of part 4 of article 9: the places that say it, and those of them that lack."""

    number: int
    places: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found in the words of one language.

    Attributes:
        items: of the law, in their order; none for an agreement.
        shown: as a signer will see it, with invented people; nothing while it cannot be read.
    """

    language: str
    problems: tuple[Problem, ...]
    items: tuple[Item, ...] = field(default_factory=tuple)
    shown: Rendered | None = None


def check_words(programme: Programme, kind: NoticeKind, words: Mapping[str, Wording]) -> list[Checked]:
    """Check the words of a document in every language of the programme."""
    return [
        _checked(programme, programme.notice(kind, language), words.get(language, Wording("", "", "")))
        for language in programme.languages
    ]


def _checked(programme: Programme, present: Notice, words: Wording) -> Checked:
    notice = worded(present, words)
    governed = bool(programme.words[notice.language].governs)
    problems = (*_of_form(words), *problems_of(notice, governed=governed))
    places = _places(notice)
    shown = None
    if places is not None and set(places) <= KNOWN_PLACES:
        shown = render_form(programme, notice, SAMPLE)
    return Checked(notice.language, problems, _items(notice.kind, places or ()), shown)


def _of_form(words: Wording) -> Sequence[Problem]:
    found = []
    if not words.text.strip():
        found.append(Problem(N_("текст пуст.")))
    if not words.purpose.strip():
        found.append(Problem(N_("цель не названа (пункт 4).")))
    if max(len(words.text), len(words.plain)) > LONGEST_TEXT or len(words.purpose) > LONGEST_PURPOSE:
        found.append(Problem(N_("слишком длинно.")))
    return found


def _places(notice: Notice) -> tuple[str, ...] | None:
    try:
        return places_of(parse_template(notice.whole))
    except TemplateError:
        return None


def _items(kind: NoticeKind, places: tuple[str, ...]) -> tuple[Item, ...]:
    return tuple(
        Item(number, wanted, tuple(one for one in wanted if one not in places))
        for number, wanted in sorted(ITEMS.get(kind, {}).items())
    )
