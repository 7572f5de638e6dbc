"""What a page says of itself: its title, headings, language, places, and where its links and forms lead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

Attrs = dict[str, str]
SILENT = frozenset({"submit", "button", "file", "image", "reset"})


@dataclass
class Form:
    """A form that is sent by GET: where to, and what stands in its fields before anybody wrote."""

    action: str
    said: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Radio buttons: one of them is sent at a time."""

    def addresses(self) -> list[str]:
        """Give the addresses that sending the form leads to, one for each radio button."""
        sent = [self.said | {name: value} for name, value in self.choices] or [self.said]
        return [f"{self.action}?{urlencode(one)}" for one in sent]


class Reading(HTMLParser):
    """One page as read.

    Attributes:
        language: of the root element.
        titles: the words of each `title` of the head.
        headings: the words of each first heading.
        places: ids that a link may lead to.
        links: what `a` elements lead to and pictures are fetched from, as written.
        forms: forms that are sent by GET.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.titles: list[str] = []
        self.headings: list[str] = []
        self.places: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._into: list[str] | None = None
        self._drawing = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.places.append(said["id"])
        if tag == "html":
            self.language = said.get("lang", "")
        self._drawing += tag == "svg"
        self._take_link(tag, said)
        self._begin_words(tag)
        self._take_field(tag, said)

    def _take_link(self, tag: str, said: Attrs) -> None:
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "img" and not said.get("src", "").startswith("data:"):
            self.links.append(said.get("src", ""))
        elif tag == "form":
            self._begin_form(said)

    def _begin_words(self, tag: str) -> None:
        if tag == "title" and not self._drawing:
            self.titles.append("")
            self._into = self.titles
        elif tag == "h1":
            self.headings.append("")
            self._into = self.headings

    def _begin_form(self, said: Attrs) -> None:
        sent = said.get("method", "get").lower()
        self._form = Form(said.get("action", "")) if sent == "get" else None
        if self._form is not None:
            self.forms.append(self._form)

    def _take_field(self, tag: str, said: Attrs) -> None:
        if self._form is None:
            return
        if tag == "select":
            self._select = said.get("name", "")
        elif tag == "option" and (self._select not in self._form.said or "selected" in said):
            self._form.said[self._select] = said.get("value", "")
        elif tag == "input" and said.get("name"):
            self._take_input(self._form, said)

    def _take_input(self, form: Form, said: Attrs) -> None:
        kind = said.get("type", "text")
        if kind == "radio":
            form.choices.append((said["name"], said.get("value", "on")))
        elif kind not in SILENT and (kind != "checkbox" or "checked" in said):
            form.said[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "svg":
            self._drawing -= 1
        elif tag in {"title", "h1"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into:
            self._into[-1] += data

    def leads_to(self) -> list[str]:
        """Give all addresses that the page leads to, as written."""
        return [*self.links, *(one for form in self.forms for one in form.addresses())]

    def faults(self) -> list[str]:
        """Name what every page must have and this one has not."""
        found = []
        if not self.language:
            found.append("no language")
        if len(self.titles) != 1 or not self.titles[0].strip(" \n–").strip():
            found.append(f"titles {self.titles}")
        if len(self.headings) != 1 or not self.headings[0].strip():
            found.append(f"first headings {self.headings}")
        twice = sorted({one for one in self.places if self.places.count(one) > 1})
        return found + [f"id twice: {one}" for one in twice]
