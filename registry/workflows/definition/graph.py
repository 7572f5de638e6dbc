"""Two questions about arrows between names: what can be reached, and what turns in a circle."""

from collections import defaultdict
from collections.abc import Iterable

Edges = Iterable[tuple[str, str]]


def reached(edges: Edges, begin: set[str]) -> set[str]:
    """Every name that some path from `begin` leads to, `begin` included."""
    ahead = defaultdict(list)
    for source, target in edges:
        ahead[source].append(target)
    found, waiting = set(begin), list(begin)
    while waiting:
        for target in ahead[waiting.pop()]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def turning(edges: Edges) -> tuple[str, ...]:
    """The names that stand on a circle or lead into one, sorted; none when there is no circle.

    Names with no arrow left are taken away again and again; what cannot be taken away turns.
    """
    left = set(edges)
    while True:
        sources = {source for source, _ in left}
        kept = {(source, target) for source, target in left if target in sources}
        if kept == left:
            return tuple(sorted(sources))
        left = kept
