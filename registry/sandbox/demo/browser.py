"""A very small browser: it follows links, fills forms and keeps cookies, without JavaScript."""

import http.client
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from registry.errors import N_, UnavailableError

MOST_REDIRECTS: Final = 5
TIMEOUT: Final = 120
BOUNDARY: Final = "----registry-demo-boundary"


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it holds before somebody fills it in."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """What came back: status, address after redirects, text, links with their words, forms."""

    status: int
    url: str
    text: str
    links: dict[str, str] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)

    def form(self, part: str = "") -> Form:
        """Find the form whose address holds `part`."""
        for form in self.forms:
            if part in form.action and form.method == "post":
                return form
        raise self._missing(part)

    def question(self, part: str) -> Form:
        """Find the form that asks without changing anything, whose address holds `part`."""
        for form in self.forms:
            if part in form.action and form.method == "get":
                return form
        raise self._missing(part)

    def _missing(self, part: str) -> UnavailableError:
        return UnavailableError(
            N_("На странице %(url)s (%(status)s) нет того, что ожидалось: «%(part)s»."),
            url=self.url,
            status=self.status,
            part=part,
        )

    def main_words(self) -> str:
        """Give the first words of the page's own content, without markup."""
        content = self.text.partition("<main")[2] or self.text
        return " ".join(re.sub(r"<[^>]*>", " ", content).split())[:300]

    def link(self, part: str) -> str:
        """Find the first link whose address holds `part`."""
        for link in self.links:
            if part in link:
                return link
        raise self._missing(part)


class _Reader(HTMLParser):
    """Collects links and forms of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: dict[str, str] = {}
        self._link: str | None = None
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a form or a field."""
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self._link = said["href"]
            self.links.setdefault(self._link, "")
        elif tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and tag in {"input", "button", "textarea", "select", "option"}:
            self._field(self._open, tag, said)

    def _field(self, form: Form, tag: str, said: Mapping[str, str]) -> None:
        if tag == "option":
            self._option(form, said)
        elif said.get("name"):
            fill = {"textarea": self._text_area, "select": self._list, "input": self._input}.get(tag)
            if fill is not None:
                fill(form, said)

    def _text_area(self, form: Form, said: Mapping[str, str]) -> None:
        self._area = said["name"]
        form.values[self._area] = ""

    def _list(self, _form: Form, said: Mapping[str, str]) -> None:
        self._select = said["name"]

    def _input(self, form: Form, said: Mapping[str, str]) -> None:
        name, value, kind = said["name"], said.get("value", ""), said.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(value)
            if "checked" in said:
                form.values[name] = value
        else:
            form.values[name] = value

    def _option(self, form: Form, said: Mapping[str, str]) -> None:
        if self._select is not None:
            form.choices.setdefault(self._select, []).append(said.get("value", ""))
            if "selected" in said:
                form.values[self._select] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close a form or a field."""
        if tag == "a":
            self._link = None
        elif tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Note the words of a link, or what a text area holds."""
        if self._link is not None:
            self.links[self._link] = " ".join(f"{self.links[self._link]} {data}".split())
        if self._area is not None and self._open is not None:
            self._open.values[self._area] += data


class Browser:
    """One person's browser: a connection kept open, and cookies."""

    def __init__(self, base_url: str) -> None:
        parts = urllib.parse.urlsplit(base_url)
        self._base = base_url
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        self._cookies: dict[str, str] = {}

    def forget(self) -> None:
        """Drop all cookies: another person sits down at the same device."""
        self._cookies.clear()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, url: str) -> Page:
        """Open an address."""
        return self._follow("GET", url, None, {})

    def submit(self, form: Form, **values: str) -> Page:
        """Send a form with its own values and those given."""
        body = urllib.parse.urlencode({**form.values, **values}).encode()
        return self._follow("POST", form.action, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, form: Form, name: str, data: bytes) -> Page:
        """Send a form with a file in its only file field."""
        pieces = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in form.values.items()
        ]
        head = f'Content-Disposition: form-data; name="{form.files[0]}"; filename="{name}"'
        pieces.append(f"--{BOUNDARY}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
        body = b"".join([*pieces, data, f"\r\n--{BOUNDARY}--\r\n".encode()])
        return self._follow(
            "POST", form.action, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        )

    def _follow(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Page:
        for _ in range(MOST_REDIRECTS):
            address = urllib.parse.urljoin(self._base + "/", url)
            status, location, text = self._send(method, address, body, headers)
            if status not in {301, 302, 303, 307} or location is None:
                return _read(status, address, text)
            method, url, body, headers = "GET", urllib.parse.urljoin(address, location), None, {}
        raise UnavailableError(N_("Слишком много перенаправлений: %(url)s."), url=url)

    def _send(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, str | None, str]:
        parts = urllib.parse.urlsplit(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {**headers, **({"Cookie": cookies} if cookies else {}), "Accept": "text/html"}
        answer = self._ask(method, target or "/", body, sent)
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            self._cookies[name.strip()] = value
        return answer.status, answer.headers.get("Location"), text

    def _ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        """Send a request; a kept line that the server closed meanwhile is opened anew, once."""
        try:
            self._connection.request(method, target, body, dict(headers))
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # Forms carry a key against being counted twice, so sending one again does no harm.
            self._connection.close()
            self._connection.request(method, target, body, dict(headers))
            return self._connection.getresponse()


def _read(status: int, url: str, text: str) -> Page:
    """Read a page's own content: what stands around it is the same on all."""
    reader = _Reader()
    reader.feed(text.partition("<main")[2] or text)
    for form in reader.forms:
        form.action = urllib.parse.urljoin(url, form.action) if form.action else url
    return Page(status, url, text, reader.links, reader.forms)
