"""Whoever makes an export is killed at any moment: each document is in the file once, and none is missing."""

import hashlib
import random
import signal
import time
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.app import load_names
from registry.consents.models.ledger import disclosures_of_message
from registry.consents.rules.acts import ActKind
from registry.proofs.exports import packing
from registry.proofs.exports.checking import check_export
from registry.proofs.exports.places import site_of
from registry.proofs.exports.rules import Export, Span, State, Wanted
from registry.proofs.exports.usecases import fetch_export, order_export
from registry.proofs.models.exports import get_export
from registry.proofs.models.sealed import sealed_documents
from registry.trail.entries import Actor, EntryType
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event
from tests.conftest import LEGAL_DAY
from tests.consents.conftest import AGREEMENT, MESH, C, Town, confirm_everything, town
from tests.crash.blows import children
from tests.crash.exporting import pack_for_ever
from tests.crash.picture import check_agreed
from tests.proofs.conftest import publish

__all__ = ["town"]

load_names()

OPERATOR = Actor("system", None, "operator", "terminal")
PATIENCE_S = 60
LONGEST_LIFE = 0.4
DOCUMENTS = 6
STUDENTS = 4
"""With the two guardians who concluded an agreement, each about himself."""


def ordered(town: Town) -> Export:
    confirm_everything(town)
    for name in ("mother", "father"):
        town.give(name, AGREEMENT)
        town.give(name, C, "child")
    town.say("mother", town.where("mother", C, "teen"), ActKind.REFUSED)
    town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    publish(town)
    wanted = Wanted(MESH, bundles=False, receiver="Архив", reason="planned", basis="№ 1")
    with town.work(OPERATOR) as work:
        return order_export(work, wanted, site_of(work, Span.SCHOOL, town.school))


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.deep)])
def test_an_export_whose_maker_is_killed_has_every_document_once(
    town: Town, tmp_path: Path, kills: int
) -> None:
    export, seed = ordered(town), datetime.now(UTC).toordinal()
    _kill_at_random(town, export.id, tmp_path / "alive", (random.Random(seed), kills))  # noqa: S311 - chance, no secret
    while packing.pack_some(town.registry, export.id) is not packing.Step.OVER:
        pass
    with town.work(OPERATOR) as work:
        made, parts = fetch_export(work, export.id)
    assert (made.state, made.packed, made.left_out) == (State.READY, DOCUMENTS, 0), seed
    path = tmp_path / "documents.zip"
    path.write_bytes(b"".join(town.registry.files.get(one.part_file) for one in parts))
    assert path.stat().st_size == made.size
    assert check_export(path, [town.registry.trail.receipt.verifier]) == DOCUMENTS + 2
    _check_once(town, export.id, path)


def _kill_at_random(town: Town, export_id: UUID, alive: Path, chance: tuple[random.Random, int]) -> None:
    """Begin to make the export, and kill whoever does after a while, again and again."""
    settings, (dice, kills) = town.registry.settings, chance
    environ = {
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_TODAY": LEGAL_DAY,
    }
    for _ in range(kills):
        alive.write_bytes(b"")
        child = children.Process(target=pack_for_ever, args=(environ, export_id, alive))
        child.start()
        deadline = time.monotonic() + PATIENCE_S
        while not alive.stat().st_size:
            assert time.monotonic() < deadline, "it does not start"
            time.sleep(0.005)
        time.sleep(dice.uniform(0, LONGEST_LIFE))
        child.kill()
        child.join(30)
        assert child.exitcode in {-signal.SIGKILL, 0}


def _check_once(town: Town, export_id: UUID, path: Path) -> None:
    """Each document by its digest once, each person told once, one row of the ledger a person and student."""
    with town.work(OPERATOR) as work:
        assert get_export(work.connection, export_id).state is State.READY
        wanted = Counter(work.connection.execute(select(sealed_documents.c.sha256)).scalars())
        leaves = [read_leaf(bytes(one)) for one in work.connection.scalars(select(trail_event.c.leaf))]
        told = disclosures_of_message(work.connection, town.school, export_id)
    with zipfile.ZipFile(path) as file:
        held = Counter(
            hashlib.sha256(file.read(one)).hexdigest() for one in file.namelist() if one.endswith(".pdf")
        )
    assert held == wanted
    assert sum(held.values()) == DOCUMENTS
    assert len([one for one in leaves if one.type == EntryType.PERSON_EXPORTED]) == STUDENTS
    assert len([one for one in leaves if one.type == EntryType.EXPORT_MADE]) == 1
    of_child = [one for one in told if one["student_id"] == town.people["child"]]
    assert {one["person_id"] for one in of_child} == {
        town.people[name] for name in ("child", "mother", "father")
    }
    (own,) = [one for one in of_child if one["person_id"] == town.people["child"]]
    assert len(own["act_ids"]) == 3
    check_agreed(town.registry)
