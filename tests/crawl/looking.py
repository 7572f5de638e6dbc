"""Looking at pages in a real browser: by axe, in light and dark, on a phone, and at what the policy stops."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM: Final = "chromium"
WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 360, "height": 740}
COLOURS: Final = ("color-contrast", "link-in-text-block")
"""The rules that colours alone decide: in the dark nothing else differs."""
NOTING: Final = """
window.stopped = [];
document.addEventListener("securitypolicyviolation",
    (one) => window.stopped.push(`${one.violatedDirective} ${one.blockedURI}`));
"""
RUN: Final = """
async (only) => {
  const options = { resultTypes: ["violations"] };
  if (only.length) options.runOnly = { type: "rule", values: only };
  const { violations } = await axe.run(document, options);
  const why = (node) => ([...node.any, ...node.all, ...node.none][0] || {}).message || "";
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${why(node)}`));
}
"""
SIDEWAYS: Final = """
() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const right = (one) => Math.round(one.getBoundingClientRect().right);
  const wide = [...document.body.querySelectorAll("*")].filter((one) => right(one) > room + 1);
  return wide.slice(-3).map((one) => `${one.tagName} ${one.className} ${right(one)}`);
}
"""


@dataclass
class Eye:
    """A browser's window, signed in as somebody."""

    page: Page
    at: str
    heard: list[str] = field(default_factory=list)

    def open(self, address: str) -> int:
        """Open a page; give its status."""
        self.heard.clear()
        answer = self.page.goto(self.at + address)
        return answer.status if answer else 0

    def faults(self, *, thorough: bool = False) -> list[str]:
        """Say what is wrong with the page that is open, wide and light, then narrow and dark.

        Args:
            thorough: look for everything at each width, light and dark.
        """
        found = [f"stopped: {one}" for one in self.page.evaluate("window.stopped")] + self.heard
        found += self._seen("light", WIDE, ())
        if thorough:
            found += self._seen("dark", WIDE, COLOURS) + self._seen("light", NARROW, ())
        found += self._seen("dark", NARROW, COLOURS)
        return found + [f"sideways: {one}" for one in self.page.evaluate(SIDEWAYS)]

    def _seen(self, scheme: Any, room: Mapping[str, int], rules: tuple[str, ...]) -> list[str]:
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": room["width"], "height": room["height"]})
        return [f"{scheme} {room['width']}: {one}" for one in self.page.evaluate(RUN, list(rules))]


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=_program(), args=["--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def _program() -> str:
    found = shutil.which(CHROMIUM)
    assert found, "no Chromium: scripts/setup test"
    return found


@contextmanager
def eye(browser: Browser, at: str, token: str, language: str = "ru") -> Iterator[Eye]:
    """Open a window for somebody who holds a session's token and reads a language."""
    context = browser.new_context(locale=language, viewport=WIDE)
    context.add_cookies(
        [{"name": "session", "value": token, "url": at}, {"name": "language", "value": language, "url": at}]
    )
    context.add_init_script(path=AXE_FILE_PATH)
    context.add_init_script(script=NOTING)
    window = Eye(context.new_page(), at)
    _listen(context, window)
    try:
        yield window
    finally:
        context.close()


def _listen(context: BrowserContext, window: Eye) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            window.heard.append(f"console: {message.text}")

    window.page.on("console", said)
    window.page.on("pageerror", lambda error: window.heard.append(f"script: {error}"))
    window.page.on("requestfailed", lambda one: window.heard.append(f"not loaded: {one.url} {one.failure}"))
    window.page.on(
        "response",
        lambda one: window.heard.append(f"{one.status}: {one.url}") if one.status >= 400 else None,
    )
