"""Requests whose answer never arrives, sent again under their key: one effect each, whatever broke where."""

import base64
import secrets
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import make_url

from benchmarks.consents.clients import request_bytes
from benchmarks.consents.seeding import NAME, Waiting, seed
from registry.access.models.tables import sessions
from registry.consents.models.tables import acts
from registry.trail.entries import SYSTEM
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event, trail_object
from registry.web.models import idempotency_answers
from registry.work import Registry
from tests.pages_server import running_pages
from tests.proxy import Fault, Ill, Proxy, To, proxied

CLIENTS = 8
SEE_OTHER = b"HTTP/1.1 303"
AGAIN = b"idempotency-replayed: true"
COMMIT = (b"INSERT INTO idempotency_answers", b"COMMIT")


@dataclass(frozen=True)
class Form:
    """One form as a browser sends it, again and again the same bytes."""

    path: str
    token: str
    fields: dict[str, str]

    def bytes_for(self, port: int, **changes: str) -> bytes:
        return request_bytes(port, self.path, self.token, {**self.fields, **changes})


def form(registry: Registry, path: str, token: str, **fields: str) -> Form:
    keyed = registry.vault.blind_index("web.csrf", token)
    hidden = {
        "csrf_token": base64.urlsafe_b64encode(keyed).decode().rstrip("="),
        "idempotency_key": secrets.token_urlsafe(24),
    }
    return Form(path, token, {**hidden, **fields})


def sign_form(registry: Registry, one: Waiting) -> Form:
    path = f"/decide/documents/{one.consent_id}/{one.presentation_id}/sign"
    return form(registry, path, one.token, decision="given", full_name=NAME)


def exchange(port: int, request: bytes, patience: float = 30) -> bytes:
    """Send one request on a line of its own and read what comes until the line ends or is silent."""
    asked = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    answer = b""
    with socket.create_connection(("127.0.0.1", port), patience) as line:
        try:
            line.sendall(asked)
            while piece := line.recv(65_536):
                answer += piece
        except (ConnectionError, TimeoutError):
            return answer
    return answer


@contextmanager
def served(registry: Registry, database_url: str | None = None) -> Iterator[tuple[int, Proxy]]:
    """The pages, and a proxy before them."""
    with running_pages(registry.settings, database_url) as port, proxied(port) as proxy:
        yield port, proxy


def ready(registry: Registry, count: int) -> list[Waiting]:
    """Guardians before the last button, who came to it by the page that it stands on."""
    waiting = seed(registry, count)
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(sessions).values(seen_at=work.now))
    return waiting


@pytest.fixture
def guardians(registry: Registry) -> list[Waiting]:
    return ready(registry, 10)


def number(registry: Registry, *conditions: object) -> int:
    with registry.reading(SYSTEM) as work:
        query = select(func.count()).where(*conditions)  # type: ignore[arg-type]
        return work.connection.execute(query).scalar_one()


def acts_of(registry: Registry, one: Waiting) -> int:
    """Acts about the child's consent, each with its entry in the trail."""
    entered = acts.c.id.in_(select(trail_object.c.id))
    made = number(registry, acts.c.consent_id == one.consent_id)
    assert number(registry, acts.c.consent_id == one.consent_id, entered) == made
    return made


def made_of_each(registry: Registry) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many acts there are of each consent, and how many entries of the trail about each act."""
    with registry.reading(SYSTEM) as work:
        about = Counter(work.connection.execute(select(acts.c.consent_id)).scalars())
        leaves = map(read_leaf, work.connection.execute(select(trail_event.c.leaf)).scalars())
        return about, Counter(leaf.object.id for leaf in leaves if leaf.object.kind == "act")


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.deep)])
def test_last_clicks_that_are_cut_after_the_commit_and_sent_again_make_one_act_and_one_entry_each(
    registry: Registry, count: int
) -> None:
    """A thousand in the small run, shared by the two databases: one alone takes half a minute for them."""
    waiting = ready(registry, count)
    forms = [sign_form(registry, one) for one in waiting]
    agreed = made_of_each(registry)[0]
    with served(registry) as (port, proxy), ThreadPoolExecutor(CLIENTS) as pool:
        proxy.spoil(Fault(Ill.CUT), times=None)
        cut = list(pool.map(lambda one: exchange(proxy.port, one.bytes_for(port)), forms))
        assert set(cut) == {b""}
        assert proxy.struck == count
        once = made_of_each(registry)
        again = list(pool.map(lambda one: exchange(port, one.bytes_for(port)), forms))
        assert [answer[:12] for answer in again] == [SEE_OTHER] * count
        assert all(AGAIN in answer.lower() for answer in again)
        other = exchange(port, forms[0].bytes_for(port, decision="refused"))
        assert other.startswith(b"HTTP/1.1 422")
    of_consents, of_acts = made_of_each(registry)
    assert (of_consents, of_acts) == once
    assert of_consents - agreed == Counter({one.consent_id: 1 for one in waiting})
    assert set(of_acts.values()) == {1}
    assert of_acts.total() == of_consents.total() == 2 * count, "each agreement before, each consent now"
    assert number(registry, idempotency_answers.c.status == 303) == count


BREAKS = {
    "in the middle of the request": Fault(Ill.CUT, To.SERVER, after=60),
    "in the middle of the form": Fault(Ill.CUT, To.SERVER, after=700),
    "before the answer": Fault(Ill.CUT),
    "in the middle of the answer": Fault(Ill.CUT, after=20),
    "by a reset": Fault(Ill.RESET),
    "by a half-closed line": Fault(Ill.HALF_CLOSE),
    "by silence": Fault(Ill.SWALLOW),
    "by silence while the request leaves": Fault(Ill.SWALLOW, To.SERVER, after=60),
}


def test_an_act_whose_line_breaks_anywhere_is_made_once_when_it_is_sent_again(
    registry: Registry, guardians: list[Waiting]
) -> None:
    with served(registry) as (port, proxy):
        for one, (where, fault) in zip(guardians, BREAKS.items(), strict=False):
            signing = sign_form(registry, one).bytes_for(port)
            proxy.spoil(fault)
            before = proxy.struck
            assert not exchange(proxy.port, signing, patience=2).endswith(b"\r\n\r\n"), where
            assert proxy.struck == before + 1, where
            time.sleep(0.3)  # whatever the server makes of half a request, it has made it by now
            assert acts_of(registry, one) == (0 if fault.to is To.SERVER else 1), where
            assert exchange(port, signing).startswith(SEE_OTHER), where
            assert acts_of(registry, one) == 1, where


def test_of_fifty_sendings_of_one_act_at_once_one_makes_it_and_the_others_repeat_the_answer(
    registry: Registry, guardians: list[Waiting]
) -> None:
    one = guardians[0]
    signing = sign_form(registry, one)
    with served(registry) as (port, _), ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: exchange(port, signing.bytes_for(port)), range(50)))
        changed = exchange(port, signing.bytes_for(port, decision="refused"))
    assert [answer[:12] for answer in answers] == [SEE_OTHER] * 50
    assert sum(AGAIN in answer.lower() for answer in answers) == 49
    assert len({answer.lower().partition(b"location: ")[2].split()[0] for answer in answers}) == 1
    assert changed.startswith(b"HTTP/1.1 422")
    assert acts_of(registry, one) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (Fault(Ill.CUT, To.CLIENT, words=COMMIT), 1),
        (Fault(Ill.RESET, To.CLIENT, words=COMMIT), 1),
        (Fault(Ill.CUT, To.SERVER, words=COMMIT[:1]), 0),
        (Fault(Ill.CUT, To.CLIENT, words=COMMIT[:1]), 0),
    ],
)
def test_an_act_whose_database_line_breaks_is_told_honestly_and_made_once(
    registry: Registry, guardians: list[Waiting], fault: Fault, made: int
) -> None:
    one = guardians[0]
    url = make_url(registry.settings.database_url)
    assert url.port
    with proxied(url.port) as line:
        by_proxy = url.set(port=line.port).render_as_string(hide_password=False)
        with running_pages(registry.settings, by_proxy) as port:
            signing = sign_form(registry, one).bytes_for(port)
            line.spoil(fault)
            told = exchange(port, signing)
            assert line.struck == 1
            if made:
                # The line broke, but the answer that was kept with the act is there: it was made.
                assert told.startswith(SEE_OTHER)
                assert AGAIN in told.lower()
            else:
                assert told.startswith(b"HTTP/1.1 503")
                assert "База данных не отвечает" in told.decode()
            assert acts_of(registry, one) == made
            again = exchange(port, signing)
            assert again.startswith(SEE_OTHER)
            assert (AGAIN in again.lower()) == bool(made)
    assert acts_of(registry, one) == 1
