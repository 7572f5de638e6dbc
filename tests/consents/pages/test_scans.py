"""The scan of a paper: comes with its form, is kept encrypted, and is given to who may read the consent."""

import hashlib
import io
import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.rules import Role
from registry.consents.models.receipts import leaf_of_act
from registry.consents.models.tables import act_scans, acts
from registry.trail.entries import SYSTEM
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event
from registry.trail.opened import opening_of
from tests.consents.conftest import Town
from tests.consents.pages.conftest import PASSWORD, Reader
from tests.documents.scans import ACTIVE, WHERE, jpeg, pdf

PAPER = {
    "kind": "given",
    "on_day_day": "1",
    "on_day_month": "11",
    "on_day_year": "2020",
    "place": "05-12, лист 7",
    "contacts_true": "yes",
}


@pytest.fixture
def tutor(employee: Callable[[Role], Reader]) -> Reader:
    return employee(Role.TUTOR)


def bring(tutor: Reader, town: Town, class_id: UUID, scan: bytes, name: str = "скан.pdf") -> str:
    """Fill the form of a paper in with a scan; give the address of the student's papers."""
    tutor.open(f"/consents/classes/{town.school}/{class_id}")
    tutor.follow("Бумага : Иванова Adult")
    papers = tutor.path
    tutor.follow("Согласие на обработку моих данных (обучающийся)")
    tutor.send("/paper", **PAPER, scan=(io.BytesIO(scan), name))  # type: ignore[arg-type]
    return papers


def step_up(tutor: Reader) -> None:
    tutor.open("/step-up")
    tutor.send("/step-up", password=PASSWORD)


def kinds_in_trail(town: Town) -> list[str]:
    with town.registry.reading(SYSTEM) as work:
        leaves = [leaf.decode() for leaf in work.connection.execute(select(trail_event.c.leaf)).scalars()]
    return [
        kind
        for leaf in leaves
        for kind in ("consent.given", "document.attached", "document.fetched")
        if f'"type":"{kind}"' in leaf
    ]


def test_a_scan_is_kept_encrypted_and_given_out_as_a_file_and_each_reading_is_recorded(
    tutor: Reader, town: Town, class_id: UUID
) -> None:
    papers = bring(tutor, town, class_id, pdf())
    assert "Бумажное решение записано" in tutor.text
    with town.registry.reading(SYSTEM) as work:
        (kept,) = work.connection.execute(select(act_scans)).all()
        (act_id,) = work.connection.execute(select(acts.c.id)).scalars()
    assert kept.act_id == act_id
    files = [path for path in (town.registry.settings.home / "files").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [kept.scan_file.hex]
    assert b"%PDF" not in files[0].read_bytes()
    tutor.open(papers)
    assert scan_address(town, act_id) in tutor.text
    assert tutor.client.get(scan_address(town, act_id)).location.startswith("/step-up?next=")
    step_up(tutor)
    answer = tutor.client.get(scan_address(town, act_id))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="scan-{act_id.hex[-6:]}.pdf"'
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert WHERE not in answer.data
    told = kinds_in_trail(town)
    assert told.count("document.attached") == 1
    assert told.count("document.fetched") >= 1
    assert hashlib.sha256(answer.data).hexdigest() == digest_in_evidence(town, act_id)


def scan_address(town: Town, act_id: UUID) -> str:
    return f"/consents/schools/{town.school}/students/{town.people['adult']}/acts/{act_id}/scan"


def digest_in_evidence(town: Town, act_id: UUID) -> str:
    """Read the digest where nobody can change it: in the opening of the act's entry."""
    with town.registry.reading(SYSTEM) as work:
        leaf = read_leaf(leaf_of_act(work.connection, act_id))
        found = opening_of(work.connection, work.vault, leaf, town.people["adult"])
    assert found
    assert found.opens(leaf)
    return str(json.loads(found.payload)["scan"]["sha256"])


@pytest.mark.parametrize("name", sorted(ACTIVE)[:2])
def test_a_scan_that_is_none_is_told_beside_its_field_and_nothing_is_recorded(
    tutor: Reader, town: Town, class_id: UUID, name: str
) -> None:
    bring(tutor, town, class_id, ACTIVE[name])
    assert tutor.page.status_code == 422
    assert "В этом PDF есть сценарии, вложения или формы" in tutor.text
    assert 'value="05-12, лист 7"' in tutor.text
    assert kinds_in_trail(town) == []
    assert not list((town.registry.settings.home / "files").rglob("*.*"))


def test_what_a_scan_is_called_decides_nothing(tutor: Reader, town: Town, class_id: UUID) -> None:
    bring(tutor, town, class_id, jpeg(), "../../evil.html")
    with town.registry.reading(SYSTEM) as work:
        (act_id,) = work.connection.execute(select(acts.c.id)).scalars()
    step_up(tutor)
    answer = tutor.client.get(scan_address(town, act_id))
    assert answer.mimetype == "image/jpeg"
    assert "evil" not in str(answer.headers)


def test_a_scan_is_not_given_to_who_may_not_read_the_consent(
    app: Flask, tutor: Reader, town: Town, class_id: UUID, signer: Callable[[str], Reader]
) -> None:
    bring(tutor, town, class_id, pdf())
    with town.registry.reading(SYSTEM) as work:
        (act_id,) = work.connection.execute(select(acts.c.id)).scalars()
    before = kinds_in_trail(town)
    stranger = app.test_client().get(scan_address(town, act_id))
    assert stranger.status_code == 303
    assert signer("mother").client.get(scan_address(town, act_id)).status_code == 403
    of_another = scan_address(town, act_id).replace(str(town.people["adult"]), str(town.people["teen"]))
    step_up(tutor)
    assert tutor.client.get(of_another).status_code == 404
    assert tutor.client.get(scan_address(town, town.people["adult"])).status_code == 404
    assert kinds_in_trail(town) == before
