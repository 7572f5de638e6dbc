"""Walking through all pages that somebody reaches by links, and looking for markup and formulas in them."""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

IMAGE = "<img src=x onerror=alert(1)>"
FORMULA = "=1+1"
SHOWN = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"})
"""What a browser may show; everything else is handed out to be saved."""


class Page(HTMLParser):
    """The links of a page, its questions, and whatever in it would run a script of somebody else's."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.strange: list[str] = []
        self._question: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if any(name.startswith("on") for name in said) or (tag == "img" and said.get("src") == "x"):
            self.strange.append(str(self.get_starttag_text()))
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "form":
            self._question = said.get("action", "") if said.get("method", "get").lower() == "get" else None
        elif tag == "input" and said.get("type") == "radio" and self._question is not None:
            self.links.append(f"{self._question}?{said['name']}={said.get('value', '')}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._question = None


def walk(client: FlaskClient, *begin: str) -> dict[str, TestResponse]:
    """Open a page and whatever its links lead to, each once; give the answers by address."""
    waiting, seen = deque(begin), dict[str, TestResponse]()
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        answer = seen[address] = client.get(address)
        if answer.location:
            waiting.append(_inside(address, answer.location))
        elif answer.mimetype == "text/html":
            waiting += [_inside(address, link) for link in Page(answer.text).links if _is_ours(link)]
    return seen


def _is_ours(link: str) -> bool:
    return urlsplit(link).scheme in {"", "http"} and urlsplit(link).netloc in {"", "localhost"}


def _inside(address: str, link: str) -> str:
    found = urlsplit(urldefrag(urljoin(address, link)).url)
    return found.path + (f"?{found.query}" if found.query else "")


def faults(answers: Iterable[tuple[str, TestResponse]]) -> list[str]:
    """Name what must not be in any answer, with the address."""
    return [f"{address}: {fault}" for address, answer in answers for fault in _faults(answer)]


def _faults(answer: TestResponse) -> list[str]:
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if "Content-Disposition" in answer.headers or answer.mimetype not in SHOWN:
        return _download_faults(answer) or _file_faults(answer)
    if answer.mimetype in {"text/html", "image/svg+xml"}:
        raw = re.findall(r"<img src=x[^>]*>?", answer.text)
        return raw + Page(answer.text).strange
    return []


def _file_faults(answer: TestResponse) -> list[str]:
    if answer.mimetype == "application/pdf":
        return [] if PdfReader(io.BytesIO(answer.data)).pages else ["a PDF without pages"]
    if answer.mimetype == "application/zip":
        return [] if zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None else ["a broken archive"]
    return _workbook_faults(answer.data) if answer.data.startswith(b"PK") else []


def _download_faults(answer: TestResponse) -> list[str]:
    """Name what would let a browser open a file here, or call it by somebody's name."""
    said = answer.headers
    found = []
    if not re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', said.get("Content-Disposition", "")):
        found.append(f"disposition {said.get('Content-Disposition')}")
    if not said["Content-Security-Policy"].endswith("sandbox") or said["X-Content-Type-Options"] != "nosniff":
        found.append("a file without the policy of files")
    return found


def _workbook_faults(data: bytes) -> list[str]:
    """Name the cells of a workbook that are no texts."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    cells = [cell for sheet in sheets for cell in re.findall(rb"<c [^>]*[^/]>|<f[ >]", sheet)]
    strange = [cell for cell in cells if not re.search(rb' t="(?:s|inlineStr)"', cell)]
    return [cell.decode() for cell in strange] if sheets else ["a workbook without sheets"]
