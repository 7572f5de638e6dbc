"""What the pages lead to: rooms add entries, and each reader sees those that his rights open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for

from registry.access.rules import OPEN_TO_SIGNED_IN, Action, Place
from registry.web.current import can, known


@dataclass(frozen=True, slots=True)
class Waits:
    """How much waits for somebody in a room, and how much of it is overdue."""

    number: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into a room.

    Attributes:
        endpoint: name of a route that needs no arguments.
        title: Russian msgid, two words or so.
        about: Russian msgid, one sentence for the home page.
        action: what one must be allowed to do to see it.
        order: entries with smaller numbers come first.
        place: where he must be allowed to; none: anywhere.
        waiting: counts what waits there for who asks; the home page says it.
    """

    endpoint: str
    title: str
    about: str
    action: Action
    order: int = 100
    place: Place | None = None
    waiting: Callable[[], Waits] | None = None


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Add an entry; adding it again replaces it."""
    _entries[entry.endpoint] = entry


def entries() -> list[Entry]:
    """List the entries of this application that are open to who asks, in order."""
    if known() is None:
        return []
    there = [one for one in _entries.values() if one.endpoint in current_app.view_functions]
    open_ones = [one for one in there if one.action in OPEN_TO_SIGNED_IN or can(one.action, one.place)]
    return sorted(open_ones, key=lambda one: (one.order, one.endpoint))


def here(found: Iterable[Entry]) -> Entry | None:
    """Find the entry to whose room the page under way belongs: of rooms within rooms the inmost."""
    homes = [(url_for(one.endpoint), one) for one in found]
    around = [(len(home), one) for home, one in homes if _covers(home)]
    return max(around, key=lambda pair: pair[0])[1] if around else None


def _covers(home: str) -> bool:
    return request.path == home or (home != "/" and request.path.startswith(home.rstrip("/") + "/"))
