"""Walking through the pages that somebody reaches by links and forms, each kind of address a few times."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.access.matrix.actors import Asker
from tests.crawl.reading import Reading

HERE = "http://localhost"
Kind = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Found:
    """One address that somebody opened."""

    endpoint: str
    address: str
    reading: Reading | None
    """Of a page; none of a file."""


@dataclass
class Walk:
    """What somebody found on his way.

    Attributes:
        most: of addresses of one route with the same names in the query.
        broken: links that led to no page, each with the page that it stands on.
    """

    app: Flask
    asker: Asker
    language: str
    most: int = 1
    found: list[Found] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def take(self, *begin: str) -> "Walk":
        """Open these addresses and whatever they lead to."""
        waiting: deque[tuple[str, str]] = deque((one, "") for one in begin)
        seen, kinds, anchors = set[str](), Counter[Kind](), list[tuple[str, str, str]]()
        while waiting:
            address, on = waiting.popleft()
            kind = kind_of(self.app, address)
            if address in seen or kinds[kind] >= self.most:
                continue
            seen.add(address)
            kinds[kind] += 1
            for link in self._open(address, on, kind[0]):
                whole, fragment = urldefrag(urljoin(HERE + address, link))
                if whole.startswith(HERE):
                    waiting.append((whole.removeprefix(HERE), address))
                    anchors.append((whole.removeprefix(HERE), fragment, address))
        self.broken += self._lost(anchors)
        return self

    def _open(self, address: str, on: str, endpoint: str) -> list[str]:
        answer = self._get(address)
        turned_away = self.asker.letter not in "NH" and "/sign-in" in (answer.location or "")
        if answer.status_code >= 400 or turned_away:
            self.broken.append(f"{self.asker.letter} {address} on {on}: {answer.status}")
            return []
        if answer.location:
            self.found.append(Found(endpoint, address, None))
            return [answer.location]
        page = answer.mimetype == "text/html" and "Content-Disposition" not in answer.headers
        reading = Reading(answer.text) if page else None
        self.found.append(Found(endpoint, address, reading))
        return reading.leads_to() if reading else []

    def _get(self, address: str) -> TestResponse:
        cookies = f"session={self.asker.token}; language={self.language}"
        return self.asker.client.get(address, headers={"Cookie": cookies})

    def _lost(self, anchors: list[tuple[str, str, str]]) -> Iterator[str]:
        places = {one.address: one.reading.places for one in self.found if one.reading}
        for address, fragment, on in anchors:
            if fragment and address in places and fragment not in places[address]:
                yield f"{self.asker.letter} #{fragment} on {on}"


def kind_of(app: Flask, address: str) -> Kind:
    """Tell the route of an address and the names in its query."""
    parts = urlsplit(address)
    try:
        endpoint = str(app.url_map.bind("localhost").match(parts.path, method="GET")[0])
    except HTTPException:
        endpoint = f"no route: {parts.path}"
    return endpoint, tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))


def first_of_each(found: Iterable[Found], seen: set[str]) -> Iterator[Found]:
    """Give the first page of each route that was not seen before."""
    for one in found:
        if one.reading and one.endpoint not in seen:
            seen.add(one.endpoint)
            yield one
