from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import select

from registry.access.rules import Role
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.trail.publisher import tend
from registry.work import Registry
from tests.web.browsers import Browser

Employ = Callable[[str, Role], UUID]


def test_before_anything_was_signed_there_is_no_checkpoint(browser: Browser) -> None:
    assert browser.get("/tlog/checkpoint").status_code == 404


def test_checkpoint_tiles_and_proofs_are_open_to_everybody(
    browser: Browser, registry: Registry, employ: Employ
) -> None:
    employ("auditor", Role.AUDITOR)
    tend(registry.engine, registry.trail, registry.now())
    note = browser.get("/tlog/checkpoint").text
    size = int(note.splitlines()[1])
    assert size > 0
    hashes = browser.get(f"/tlog/tile/0/000.p/{size}")
    assert len(hashes.data) == 32 * size
    assert "immutable" in hashes.headers["Cache-Control"]
    with registry.reading(SYSTEM) as work:
        event_id = work.connection.execute(select(trail_event.c.event_id)).scalars().first()
    proof = browser.get(f"/receipts/{event_id}.tlog-proof").text
    assert proof.startswith("c2sp.org/tlog-proof@v1\n")
    assert proof.endswith(note)
    assert browser.get(f"/receipts/{uuid4()}.tlog-proof").status_code == 404


def test_entries_are_for_those_who_may_read_the_whole_trail(browser: Browser, employ: Employ) -> None:
    assert browser.get("/tlog/tile/entries/000.p/1").status_code == 303
    employ("auditor", Role.AUDITOR)
    browser.sign_in("auditor")
    assert browser.get("/tlog/tile/entries/000.p/1").status_code == 404
