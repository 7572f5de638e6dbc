"""Which row a state stands in, and which line of the channels between the rows an arrow runs along."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.workflows.definition import Definition

Line = tuple[int, int]
"""A line in a channel: the row above the channel (-1 for above the first), and the line's number there."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow before it has a place: a transition from one of its sources."""

    transition: str
    words: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Channels:
    """The lines that arrows take.

    Attributes:
        levels: the row of each state, from 0.
        below: the line under its source, for each arrow.
        above: the line over its target, for each transition with an arrow that does not end in the next row.
        counts: number of lines in each channel.
    """

    levels: Mapping[str, int]
    below: Mapping[Edge, Line]
    above: Mapping[str, Line]
    counts: Mapping[int, int]

    def far(self, edge: Edge) -> bool:
        """Whether an arrow goes anywhere but to the next row."""
        return self.levels[edge.target] != self.levels[edge.source] + 1


def edges_of(definition: Definition, language: str) -> list[Edge]:
    """Every arrow, in the file's order."""
    return [
        Edge(step.id, step.title.get(language, step.title["ru"]), source, step.target)
        for step in definition.transitions
        for source in step.sources
    ]


def rows_of(definition: Definition, edges: Iterable[Edge]) -> list[list[str]]:
    """Rows by the fewest steps from the start; in a row, in the order in which they are led to."""
    ahead = defaultdict(list)
    for edge in edges:
        ahead[edge.source].append(edge.target)
    rows, seen = [[definition.start.id]], {definition.start.id}
    while True:
        found = dict.fromkeys(target for name in rows[-1] for target in ahead[name] if target not in seen)
        if not found:
            return rows
        rows.append(list(found))
        seen.update(found)


def dig(edges: Iterable[Edge], rows: list[list[str]]) -> Channels:
    """Give each arrow its lines; the arrows of one transition share the way back to their target."""
    levels = {name: level for level, row in enumerate(rows) for name in row}
    counts: dict[int, int] = defaultdict(int)
    below: dict[Edge, Line] = {}
    above: dict[str, Line] = {}
    channels = Channels(levels, below, above, counts)
    for edge in edges:
        below[edge] = _take(counts, levels[edge.source])
        if channels.far(edge) and edge.transition not in above:
            above[edge.transition] = _take(counts, levels[edge.target] - 1)
    return channels


def _take(counts: dict[int, int], channel: int) -> Line:
    counts[channel] += 1
    return channel, counts[channel] - 1
