"""Asking the application for the cells of the matrix, and what an answer says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, url_for
from werkzeug.test import TestResponse

from tests.access.matrix.actors import EVERYBODY, VISITORS, Asker
from tests.access.matrix.bodies import operation_of, sent
from tests.access.matrix.table import KINDS, Row
from tests.access.matrix.world import Branch, Stage, Values, missing

CLOSED = {401, 403, 404, 410}
Said = tuple[int, list[tuple[str, str]], str]


def endpoints(app: Flask) -> dict[str, tuple[str, frozenset[str]]]:
    """Give each endpoint of the URL map with the method that it is asked by and the names in its address."""
    return {
        rule.endpoint: (
            next(iter(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))),
            frozenset(rule.arguments),
        )
        for rule in app.url_map.iter_rules()
    }


def ids_in(stage: Stage, row: Row) -> int:
    """Count the ids in the address of a route."""
    return sum(name.endswith("_id") for name in endpoints(stage.app)[row.endpoint][1])


def cells(stage: Stage, row: Row) -> Iterator[tuple[Asker, str]]:
    """Walk everybody before every kind of objects of a route."""
    for kind in KINDS:
        if kind in row.may:
            yield from ((stage.askers[letter], kind) for letter in EVERYBODY)


def values_of(stage: Stage, asker: Asker, kind: str) -> Values:
    """Fill an address for somebody with objects of a kind; his own are his class's, or his own documents."""
    world = stage.world
    branch: Branch = {"other": world.other, "far": world.far}.get(kind, world.own)
    values = branch.values["5А" if kind == "same" else "9Б"] | stage.fixed
    if kind != "own":
        return values
    letter = VISITORS.get(asker.letter)
    return values | asker.own | (world.own.signers[letter[1]] if letter else {})


def ask(stage: Stage, asker: Asker, row: Row, values: Values) -> TestResponse:
    """Send the request of a row."""
    method, arguments = endpoints(stage.app)[row.endpoint]
    filled, form = row.filled(values)
    with stage.app.test_request_context():
        address = url_for(row.endpoint, **{name: filled[name] for name in arguments})
    operation = operation_of(stage.app, row.endpoint)
    if operation is not None:
        return asker.call(method, address, sent(stage.app, operation, form))
    return asker.ask(method, address, form)


@dataclass(frozen=True)
class Heard:
    """An answer as the matrix remembers it: whether it let in, and what it said."""

    let_in: bool
    said: Said


def hear(stage: Stage, row: Row, letter: str, kind: str) -> Heard:
    """Ask for the cell of a row, or give what was heard of it before."""
    place = (row.endpoint, letter, kind)
    if place not in stage.heard:
        asker = stage.askers[letter]
        values = values_of(stage, asker, kind) if kind in KINDS else strangers(stage)[kind]
        answer = ask(stage, asker, row, values)
        stage.heard[place] = Heard(let_in(answer), said(answer))
    found: Heard = stage.heard[place]
    return found


def let_in(answer: TestResponse) -> bool:
    """Tell whether somebody was let through to the object."""
    return answer.status_code not in CLOSED and "/sign-in?" not in (answer.location or "")


def strangers(stage: Stage) -> dict[str, Values]:
    """Give the objects that a row may close to somebody, beside objects that nobody has.

    `crossed`: the own school in the address, an object of another school in it; `absent`: the own school,
    and an object that is not there.
    """
    world, none = stage.world, missing() | stage.fixed
    other = world.other.values["9Б"] | stage.fixed
    own_school = {"school_id": world.own.school, "code": world.own.code}
    return {
        "missing": none,
        "other": other,
        "far": world.far.values["9Б"] | stage.fixed,
        "absent": none | own_school,
        "crossed": other | own_school,
    }


def said(answer: TestResponse) -> Said:
    """Give an answer without what differs from request to request whatever was asked for.

    That is the number of the request in a machine's answer, the nonce of the page's scripts (random by
    design), and, where the answer repeats it, the address that was asked for: the way to the sign-in names
    it, and who asked has typed it himself.
    """
    nonce = re.search(r"nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    words = [(nonce[1], "NONCE")] if nonce else []
    words.append((answer.request.path, "ADDRESS"))

    def plain(text: str) -> str:
        for word, instead in words:
            text = text.replace(word, instead)
        return text

    number = re.search(r"urn:request:\w+", answer.text if answer.mimetype.endswith("json") else "")
    words += [(number[0], "NUMBER")] if number else []
    readable = answer.mimetype.startswith("text/") or answer.mimetype.endswith("json")
    text = plain(answer.text) if readable else answer.mimetype
    return answer.status_code, [(name, plain(value)) for name, value in answer.headers], text
