"""What staff do when the class has gone its way: a long file, a scan, lists to take away, and a copy."""

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from registry.backup.postgresql import COPY, find_program
from registry.config import load_settings
from registry.sandbox.demo.browser import Browser, Page
from registry.sandbox.demo.office import CLERK
from registry.sandbox.demo.stage import expect
from registry.sandbox.sample.region import PASSWORD, tutor_login
from tests.canary.keeping import held_files, keeping, processes_with
from tests.canary.people import CHILD, CLASS, MOTHER, workbook
from tests.canary.world import World
from tests.documents.scans import jpeg
from tests.pages_server import running_pages

LONG = 9_000_000
"""Above half a megabyte the web library would hold a file in the temporary folder; so long that it is met."""
PAPER = {
    "kind": "given",
    "on_day_day": "30",
    "on_day_month": "10",
    "on_day_year": "2020",
    "place": "папка 05-12, лист 9",
}


def use(world: World) -> None:
    """Do all of it; each page must answer."""
    log = world.folder / "logs" / "serve"
    settings = load_settings(world.environ)
    with log.open("ab") as told, running_pages(settings, more=world.environ, log=told) as port:
        with _signed_in(port, CLERK) as clerk:
            _upload(world, clerk)
            _take_away(clerk)
        with _signed_in(port, tutor_login("17", CLASS)) as tutor:
            _scan(tutor)
    _copy(world)


@contextmanager
def _signed_in(port: int, login: str) -> Iterator[Browser]:
    with closing(Browser(f"http://127.0.0.1:{port}")) as browser:
        form = browser.get("/sign-in").form("sign-in")
        expect(browser.submit(form, login=login, password=PASSWORD))
        yield browser


def _upload(world: World, clerk: Browser) -> None:
    """Upload the class once more, in a file with a large picture, and drop it again."""
    form = expect(clerk.get("/schools/rosters")).form("/rosters")
    serving = processes_with(f"TMPDIR={world.temporary}")
    assert serving
    with keeping(lambda: held_files(serving, world.temporary), world.folder / "temporary-kept"):
        review = expect(clerk.upload(form, "long.xlsx", long_workbook()))
    expect(clerk.submit(review.form("/cancel")))


def long_workbook() -> bytes:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("docProps/thumbnail.jpeg", hashlib.shake_256(b"picture").digest(LONG))
    return out.getvalue()


def _take_away(clerk: Browser) -> None:
    school = expect(clerk.get("/schools/rosters")).form("/rosters").action.rpartition("/rosters")[0]
    table = _fresh(clerk, clerk.get(f"{school}/roster.csv"))
    assert CHILD.email in table.text
    assert _fresh(clerk, clerk.get(f"{school}/roster.xlsx")).text.startswith("PK")


def _fresh(browser: Browser, asked: Page) -> Page:
    if "/step-up" in asked.url:
        asked = browser.submit(asked.form("/step-up"), password=PASSWORD)
    return expect(asked)


def _scan(tutor: Browser) -> None:
    """Enter the mother's agreement to codes from a paper whose scan shows her number, and look at it."""
    listed = expect(tutor.get(expect(tutor.get("/consents")).link("/consents/classes/")))
    papers = _link(listed, "/paper", CHILD.last_name)
    paper = expect(tutor.get(_link(expect(tutor.get(papers)), "/code_agreement", MOTHER.last_name)))
    form = paper.form("/paper/")
    form.values |= PAPER
    expect(tutor.upload(form, "скан.jpg", jpeg().replace(b"\xff\xd9", MOTHER.snils.encode() + b"\xff\xd9")))
    shown = _fresh(tutor, tutor.get(expect(tutor.get(papers)).link("/scan")))
    assert MOTHER.snils in shown.text


def _link(page: Page, part: str, words: str) -> str:
    return next(one for one, said in page.links.items() if part in one and words in said)


def _copy(world: World) -> None:
    """Make a copy with its keys; a dump is looked at as statements too, for it is packed in pieces."""
    secret = world.folder / "passphrase"
    secret.write_text("zelenyj-vorobej-schitaet-oblaka-7")
    data, keys = world.copies / "data", world.copies / "keys"
    words = ["--out", data, "--keys-out", keys, "--passphrase-file", secret]
    done = world.run("backup", *map(str, words))
    assert done.returncode == 0, done.stderr.decode()
    if (data / COPY).exists():
        _unpack(data / COPY, world.copies / "statements.sql")


def _unpack(dump: Path, into: Path) -> None:
    subprocess.run([find_program("pg_restore"), f"--file={into}", dump], check=True)
