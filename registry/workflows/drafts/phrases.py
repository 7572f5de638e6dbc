"""Values of a definition as words that a page can translate: spans, roles, states and steps by title."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

from registry.errors import N_
from registry.workflows.definition import Definition, Span

Texts = Mapping[str, str]

SPANS = {
    "hours": N_("часов: %(count)s"),
    "days": N_("дней: %(count)s"),
    "working days": N_("рабочих дней: %(count)s"),
}
KINDS = {
    "start": N_("начало"),
    "step": N_("шаг"),
    "end": N_("конец"),
}
YES, NO = N_("да"), N_("нет")
NAMED = "%(name)s"
TITLED = N_("«%(title)s»")
OF_ROLES = frozenset({"assignee", "by", "escalate"})
OF_STATES = frozenset({"state", "sources", "target"})
OF_STEPS = frozenset({"then"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text of the catalogue with its values; of texts the reader's language is shown.

    Attributes:
        role: whether the text is the name of a role, which a page turns into words.
    """

    text: str
    values: Mapping[str, "str | int | Texts | Phrase"] = field(default_factory=dict)
    role: bool = False


def phrases(definition: Definition, name: str, value: object) -> tuple[Phrase, ...]:
    """Say the value of a part of a definition."""
    many = value if isinstance(value, tuple) else (value,)
    return tuple(one for each in many for one in _said(definition, name, each))


def titled(titles: Texts) -> Phrase:
    """Say a title."""
    return Phrase(TITLED, {"title": titles})


def _said(definition: Definition, name: str, value: object) -> Iterator[Phrase]:
    if value is None:
        return
    if isinstance(value, bool):
        yield Phrase(YES if value else NO)
    elif isinstance(value, Span):
        yield _span(value)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _parts(definition, value)
    else:
        yield _name(definition, name, value)


def _span(span: Span) -> Phrase:
    unit = str(span.unit)
    return Phrase(SPANS.get(unit, f"{unit}: %(count)s"), {"count": span.count})


def _parts(definition: Definition, value: Any) -> Iterator[Phrase]:  # noqa: ANN401 - a part of any shape
    for name in asdict(value):
        yield from phrases(definition, name, getattr(value, name))


def _name(definition: Definition, name: str, value: object) -> Phrase:
    word = str(value)
    if name in OF_ROLES:
        return Phrase(word, role=True)
    if name in OF_STATES:
        return titled(_state_title(definition, word))
    if name in OF_STEPS:
        step = definition.transition(word)
        return titled(step.title if step else {"ru": word})
    return Phrase(KINDS[word]) if name == "kind" and word in KINDS else Phrase(NAMED, {"name": word})


def _state_title(definition: Definition, name: str) -> Texts:
    return next((state.title for state in definition.states if state.id == name), {"ru": name})
