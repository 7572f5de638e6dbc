"""The stand of ESIA over real HTTP, and hands that log in there as people do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import httpx
from werkzeug.serving import make_server

from registry.esia.answers import Line
from registry.esia.client import Esia, System, plain_hash
from registry.esia.rules import SCOPE
from registry.esia.signers import KeySigner
from registry.esia.tokens import Expected, read_token_key
from registry.sandbox.esia import Known, Stand, create_esia, open_stand
from registry.sandbox.esia.persons import PASSWORD
from registry.sandbox.serve import Quiet

ISSUER = "http://esia.gosuslugi.ru/"
CLIENT = "REGISTRY1"


@dataclass
class Running:
    """A stand that answers at an address, for a registry that comes back at `back`."""

    stand: Stand
    url: str
    back: str

    def esia(self, back: str = "", total_s: float = 20.0, read_s: float = 10.0) -> Esia:
        """The adapter as an installation would have it."""
        folder = self.stand.folder
        system = System(CLIENT, back or self.back, plain_hash(folder / "esia-client.crt"))
        expected = Expected(ISSUER, CLIENT, read_token_key(folder / "esia-token.crt"))
        line = Line(self.url, read_s, total_s)
        return Esia(self.url, system, KeySigner(folder / "esia-client.key"), expected, line)

    def log_in(self, address: str, login: str, decision: str = "allow") -> dict[str, str]:
        """Log in and answer; give what the browser brings back."""
        return dict(parse_qsl(urlsplit(self.way_back(address, login, decision)).query))

    def way_back(self, address: str, login: str, decision: str = "allow") -> str:
        """Log in and answer; give the address that the browser is sent to."""
        with httpx.Client(base_url=self.url, trust_env=False) as browser:
            page = browser.get(address)
            if page.is_redirect:
                return page.headers["Location"]
            said = {"visit": visit_of(page.text), "login": login, "password": PASSWORD}
            page = browser.post("/login", data=said)
            assert page.status_code == 200, page.text
            answer = browser.post("/allow", data={"visit": visit_of(page.text), "decision": decision})
            return answer.headers["Location"]


def visit_of(page: str) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


@contextmanager
def running_esia(folder: Path, back: str) -> Iterator[Running]:
    """Serve a stand on a free port until the block ends."""
    stand = open_stand(folder, Known(CLIENT, back, SCOPE, ISSUER))
    server = make_server("127.0.0.1", 0, create_esia(stand), threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Running(stand, f"http://127.0.0.1:{server.port}", back)
    finally:
        stand.faults.reset()
        server.shutdown()
        thread.join()
        server.server_close()
