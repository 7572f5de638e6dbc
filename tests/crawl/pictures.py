"""Pictures of every page at 360 and 1280 pixels, by route and role: `make screenshots` draws them."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tests.conftest import make_tables
from tests.crawl.looking import NARROW, WIDE, Eye, browsing, eye
from tests.crawl.staging import Stage, playing
from tests.crawl.walking import Walk, first_of_each

INTO: Final = Path(__file__).parents[2] / "var" / "screenshots"


def main() -> None:
    """Draw every page that somebody reaches, of each route one a role, and say where the pictures are."""
    shutil.rmtree(INTO, ignore_errors=True)
    INTO.mkdir(parents=True)
    language = os.environ.get("PICTURES_IN") or "ru"
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/registry.sqlite3"
        make_tables(database)
        with playing(Path(folder) / "home", database) as stage, browsing() as browser:
            drawn = sum(_draw_for(stage, browser, letter, language) for letter in stage.askers)
    print(f"{drawn} pages in {INTO}")  # noqa: T201 - what the command says


def _draw_for(stage: Stage, browser: Browser, letter: str, language: str) -> int:
    walk = Walk(stage.app, stage.askers[letter], language, 4).take(*stage.begins[letter])
    found = list(first_of_each(walk.found, set()))
    with eye(browser, stage.at, stage.askers[letter].token, language) as window:
        for one in found:
            window.open(one.address)
            _draw(window, f"{one.endpoint}-{letter}")
    return len(found)


def _draw(window: Eye, name: str) -> None:
    for room in (NARROW, WIDE):
        window.page.set_viewport_size({"width": room["width"], "height": room["height"]})
        window.page.screenshot(path=INTO / f"{name}-{room['width']}.png", full_page=True)


if __name__ == "__main__":
    main()
