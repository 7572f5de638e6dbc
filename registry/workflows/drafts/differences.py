"""What one definition changes in another, part by part, so that an official can read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

from registry.errors import N_
from registry.workflows.definition import Deadline, Definition, State, Transition
from registry.workflows.drafts.lines import place_of_line
from registry.workflows.drafts.phrases import Phrase, Texts, phrases, titled

Titled: TypeAlias = State | Transition

WHOLE = N_("Процесс")
PLACES: Final = {"states": N_("Состояние «%(title)s»"), "transitions": N_("Шаг «%(title)s»")}
ADDED = N_("Добавлено")
REMOVED = N_("Убрано")
ORDER = N_("Порядок частей")
LABELLED = "%(part)s: %(value)s"
TITLE = N_("Название (%(language)s)")
WORDS: Final = {
    "languages": N_("Языки"),
    "subject": N_("Что ведёт процесс"),
    "dates": N_("Даты дела"),
    "calendar": N_("Календарь рабочих дней"),
    "kind": N_("Место в процессе"),
    "assignee": N_("Чья задача"),
    "sources": N_("Из каких состояний"),
    "target": N_("В какое состояние"),
    "by": N_("Кто делает"),
    "guards": N_("Условия"),
    "effects": N_("Действия реестра"),
    "jobs": N_("Задания после шага"),
    "immediate": N_("Делается сам собой"),
    "waits_for": N_("Чего ждёт"),
    "after": N_("Срок"),
    "at": N_("Срок: дата дела"),
    "birthday": N_("Срок: день рождения, лет"),
    "before": N_("Заранее"),
    "then": N_("По сроку шаг"),
    "escalate": N_("По сроку дело переходит"),
    "remind": N_("По сроку напоминание"),
    "every": N_("Повторять через"),
    "most": N_("Повторять не более, раз"),
}
"""What the keys of a definition are called where people read them."""
_APART: Final = frozenset({"id", "version", "title", "states", "transitions", "deadlines"})
_CONSEQUENCES: Final = ("remind", "escalate", "then")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: where, which part, what stood there and what stands there now.

    Attributes:
        key: the place in the text of the definition.
        before, after: empty where there was, or is, nothing.
    """

    key: str
    place: Phrase
    part: Phrase
    before: tuple[Phrase, ...] = ()
    after: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    """A part of one definition, and the definition whose titles say what its names mean."""

    definition: Definition
    part: Any


def differences(before: Definition, after: Definition) -> tuple[Difference, ...]:
    """Compare two definitions; nothing is said exactly when they are the same but for their numbers."""
    old, new = _Side(before, before), _Side(after, after)
    found = [*_titles("title", Phrase(WHOLE), (before.title, after.title))]
    found += _values("", Phrase(WHOLE), old, new)
    for kind in PLACES:
        found += _named(kind, before, after)
    found += _deadlines(before, after)
    return tuple(found) or tuple(_order(before, after))


def _titles(key: str, place: Phrase, both: tuple[Texts, Texts]) -> Iterator[Difference]:
    old, new = both
    for language in dict.fromkeys([*old, *new]):
        if old.get(language) != new.get(language):
            said = [(titled({"ru": one[language]}),) if language in one else () for one in both]
            yield Difference(
                f"{key}.{language}", place, Phrase(TITLE, {"language": language}), said[0], said[1]
            )


def _values(key: str, place: Phrase, old: _Side, new: _Side) -> Iterator[Difference]:
    for name in (one.name for one in fields(new.part) if one.name not in _APART):
        values = [getattr(side.part, name) for side in (old, new)]
        if values[0] != values[1]:
            yield Difference(
                f"{key}.{name}" if key else name,
                place,
                Phrase(WORDS.get(name, name)),
                phrases(old.definition, name, values[0]),
                phrases(new.definition, name, values[1]),
            )


def _named(kind: str, before: Definition, after: Definition) -> Iterator[Difference]:
    old, new = (_by_name(getattr(one, kind)) for one in (before, after))
    for name in dict.fromkeys([*old, *new]):
        key, one, other = f"{kind}.{name}", old.get(name), new.get(name)
        if one is None or other is None:
            yield _whole(key, kind, (before, one), (after, other))
            continue
        place = Phrase(PLACES[kind], {"title": other.title})
        yield from _titles(f"{key}.title", place, (one.title, other.title))
        yield from _values(key, place, _Side(before, one), _Side(after, other))


def _by_name(parts: Iterable[Titled]) -> Mapping[str, Titled]:
    return {part.id: part for part in parts}


def _whole(
    key: str, kind: str, old: tuple[Definition, Titled | None], new: tuple[Definition, Titled | None]
) -> Difference:
    definition, part = new if new[1] is not None else old
    if part is None:
        raise KeyError(key)
    place, said = Phrase(PLACES[kind], {"title": part.title}), tuple(_described(definition, part))
    if new[1] is None:
        return Difference(key, place, Phrase(REMOVED), before=said)
    return Difference(key, place, Phrase(ADDED), after=said)


def _deadlines(before: Definition, after: Definition) -> Iterator[Difference]:
    for name in dict.fromkeys(state.id for state in (*before.states, *after.states)):
        old, new = ([line for _, line in one.deadlines_of(name)] for one in (before, after))
        numbers = {id(line): number for number, line in enumerate(after.deadlines)}
        for one, other in paired(old, new):
            key = "deadlines" if other is None else f"deadlines[{numbers[id(other)]}]"
            if one is not None and other is not None:
                yield from _values(key, place_of_line(before, one), _Side(before, one), _Side(after, other))
            elif one is not None:
                place = place_of_line(before, one)
                yield Difference(key, place, Phrase(REMOVED), before=tuple(_described(before, one)))
            elif other is not None:
                place = place_of_line(after, other)
                yield Difference(key, place, Phrase(ADDED), after=tuple(_described(after, other)))


def paired(old: list[Deadline], new: list[Deadline]) -> list[tuple[Deadline | None, Deadline | None]]:
    """Pair the deadlines of a state: the same, then those with the same consequence, then in order."""
    left, right = list(old), list(new)
    pairs: list[tuple[Deadline | None, Deadline | None]] = []
    for alike in (lambda a, b: a == b, _same_consequence):
        for one in list(left):
            other = next((two for two in right if alike(one, two)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                pairs.append((one, other))
    longest = max(len(left), len(right))
    padded = [[*side, *[None] * (longest - len(side))] for side in (left, right)]
    return [*pairs, *zip(*padded, strict=True)]


def _same_consequence(one: Deadline, other: Deadline) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _CONSEQUENCES)


def _described(definition: Definition, part: Titled | Deadline) -> Iterator[Phrase]:
    for name in (one.name for one in fields(part) if one.name not in {*_APART, "state"}):
        value = getattr(part, name)
        for said in () if value in (None, False) else phrases(definition, name, value):
            yield Phrase(LABELLED, {"part": Phrase(WORDS.get(name, name)), "value": said})


def _order(before: Definition, after: Definition) -> Iterator[Difference]:
    """Of two definitions with the same parts: whether they stand in another order, which may decide."""
    for kind in ("states", "transitions", "deadlines"):
        if getattr(before, kind) != getattr(after, kind):
            yield Difference(kind, Phrase(WHOLE), Phrase(ORDER))
