"""Guessing at codes on the server that runs in use: few are looked at, however many are tried."""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from registry.consents.models.tables import codes, sittings
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry
from tests.consents.conftest import Town
from tests.consents.pages.conftest import Reader
from tests.consents.test_visits import begin, wrong
from tests.pages_server import running_pages
from tests.redis_servers import RedisServer, running_redis

CONNECTIONS = 50
PATIENCE_S = 120
numbers = count()
FORGED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")


@dataclass
class Guesser:
    """One connection that tries codes as fast as it is answered, each time from another address, it says."""

    port: int
    line: http.client.HTTPConnection = field(init=False)
    cookie: str = ""
    csrf: str = ""

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def arrive(self, token: str) -> None:
        self.line.request("GET", f"/i/{token}/code", headers=self._claims())
        answer = self.line.getresponse()
        page = answer.read().decode()
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        self.csrf = found[1]

    def guess(self, token: str, code: str) -> tuple[int, str]:
        number = next(numbers)
        said = {"csrf_token": self.csrf, "idempotency_key": f"guess-{number:012d}", "code": code}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        self.line.request("POST", f"/i/{token}/code", urlencode(said), self._claims() | kind)
        answer = self.line.getresponse()
        page = answer.read().decode()
        return answer.status, "left" if "Осталось попыток" in page else "none"

    def _claims(self) -> dict[str, str]:
        number = next(numbers)
        address = f"198.51.{number // 250 % 250}.{number % 250 + 1}"
        said = dict.fromkeys(FORGED, address)
        return said | {"Forwarded": f"for={address};host=127.0.0.1;proto=https"}


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def port(town: Town, redis: RedisServer) -> Iterator[int]:
    """The pages as in use, with a Redis that rings for promises."""
    settings = replace(town.registry.settings, redis_url=redis.url)
    with running_pages(settings) as port:
        yield port


def evaluated(registry: Registry) -> tuple[int, int]:
    """How many guesses the trail has seen fail, and how many are left of the only code."""
    with registry.reading(SYSTEM) as work:
        (left,) = work.connection.execute(select(codes.c.guesses_left)).scalars()
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        return sum(b'"code.failed"' in leaf for leaf in leaves), left


def try_all(port: int, token: str, tries: list[str], halfway: threading.Event) -> Counter[tuple[int, str]]:
    """Try codes over fifty connections, and say when half of them have been tried."""
    done, ready = count(), threading.Barrier(CONNECTIONS)

    def one(part: list[str]) -> list[tuple[int, str]]:
        guesser, said = Guesser(port), []
        guesser.arrive(token)
        ready.wait(PATIENCE_S)
        for code in part:
            said.append(guesser.guess(token, code))
            if next(done) >= len(tries) // 2:
                halfway.set()
        guesser.line.close()
        return said

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(one, [tries[number::CONNECTIONS] for number in range(CONNECTIONS)])
        return Counter(answer for part in parts for answer in part)


def guess_many(town: Town, port: int, redis: RedisServer, tries: int) -> None:
    token = begin(town, "mother")
    code = town.code_of("mother")
    wrong_ones = [f"{(int(code) + number) % 1_000_000:06d}" for number in range(1, tries + 1)]
    halfway, killed = threading.Event(), threading.Thread(target=lambda: halfway.wait() and redis.kill())
    killed.start()
    answers = try_all(port, token, wrong_ones, halfway)
    killed.join()
    assert sum(answers.values()) == tries
    assert {status for status, _ in answers} == {422}
    assert evaluated(town.registry) == (5, 0)
    assert answers[422, "left"] == 4
    late = Guesser(port)
    late.arrive(token)
    assert late.guess(token, code) == (422, "none")
    late.line.close()
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(sittings)).scalar() == 0


def test_of_many_guesses_at_once_from_forged_addresses_five_are_looked_at(
    town: Town, port: int, redis: RedisServer
) -> None:
    """Redis dies half-way; then the right code comes, too late."""
    guess_many(town, port, redis, 500)


@pytest.mark.deep
def test_of_ten_thousand_guesses_over_fifty_connections_five_are_looked_at(
    town: Town, port: int, redis: RedisServer
) -> None:
    """The whole count; in all else as the small one."""
    guess_many(town, port, redis, 10_000)


def test_the_right_code_fifty_times_at_once_opens_one_sitting(town: Town, port: int) -> None:
    """Those that come second are guesses too; the code is good for nothing afterwards."""
    token = begin(town, "mother")
    code = town.code_of("mother")
    answers = try_all(port, token, [code] * CONNECTIONS, threading.Event())
    assert answers[303, "none"] == 1
    assert answers[422, "none"] == CONNECTIONS - 1
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(sittings)).scalar() == 1


def test_a_code_that_stands_in_a_form_twice_is_the_first_one_alone(town: Town, reader: Reader) -> None:
    """One request is one guess, however many codes it carries, and wherever."""
    token = begin(town, "mother")
    code = town.code_of("mother")
    reader.open(f"/i/{token}/code")
    _, said = reader.form("/code")
    for number, codes_ in enumerate(([wrong(code), code], [wrong(code)] * 50)):
        fields = {**said, "code": codes_, "idempotency_key": f"another-key-{number:08d}"}
        answer = reader.client.post(f"/i/{token}/code?code={code}", data=fields)
        assert answer.status_code == 422
        assert evaluated(town.registry) == (number + 1, 4 - number)


def test_a_guess_under_a_key_that_was_answered_before_counts_and_tells_nothing(
    town: Town, reader: Reader
) -> None:
    """Who once came in with a key cannot try codes of others under it, each undone after it was looked at."""
    own = begin(town, "father")
    reader.open(f"/i/{own}/code")
    own_cookie = reader.client.get_cookie("session")
    assert own_cookie
    _, said = reader.form("/code")
    reader.client.post(f"/i/{own}/code", data=said | {"code": town.code_of("father")})
    token = begin(town, "mother")
    code = town.code_of("mother")
    reader.client.set_cookie("session", own_cookie.value)
    answers = []
    for typed in [wrong(code), code, *[wrong(code)] * 8]:
        answer = reader.client.post(f"/i/{token}/code", data=said | {"code": typed})
        answers.append((answer.status_code, answer.headers.get("Set-Cookie"), answer.data))
    with town.registry.reading(SYSTEM) as reading:
        left = reading.connection.execute(
            select(codes.c.guesses_left).where(codes.c.signer_id == town.people["mother"])
        ).scalar_one()
    assert left == 0
    assert {status for status, _, _ in answers} == {422}
    assert {cookie for _, cookie, _ in answers} == {None}
