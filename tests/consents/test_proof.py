"""Whoever changes what a decision rests on, past the registry, is found by the verifier of the trail."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Executable, Table, text, update

from registry.app import present_states
from registry.consents.models.tables import acts, conflict_documents, consents
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.usecases.correcting import (
    ConflictDocument,
    Settlement,
    record_conflict_document,
)
from registry.trail.entries import SYSTEM
from registry.trail.sequencer import integrate_all
from registry.trail.verify import verify
from tests.consents.conftest import AGREEMENT, MESH, C, Town, confirm_everything
from tests.owner import owner_of


def changed_by_hand(town: Town, table: Table, change: Executable) -> None:
    """Change rows as somebody does who owns the database: without the triggers."""
    with owner_of(town.registry) as owner, owner.begin() as connection:
        _lower_fence(connection, table)
        connection.execute(change)


def _lower_fence(connection: Connection, table: Table) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        return
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    for name in connection.execute(text(named), {"table": table.name}).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def found(town: Town) -> list[str]:
    registry = town.registry
    integrate_all(registry.engine)
    return [
        one.rule
        for one in verify(registry.engine, registry.vault, registry.trail, present_states()).findings
        if one.rule in {"V8", "V9"}
    ]


@pytest.fixture
def decided(town: Town) -> Town:
    """Mother gives, father refuses, and a document says that the mother's act stands."""
    confirm_everything(town)
    for name in ("mother", "father"):
        town.give(name, AGREEMENT)
    town.give("mother", C, "child")
    town.say("father", town.where("father", C, "child"), ActKind.REFUSED)
    said = Settlement(
        school_id=town.school,
        programme_id=MESH,
        student_id=town.people["child"],
        stands_id=town.people["father"],
        kind=ConflictDocument.COURT,
        dated=date(2020, 10, 30),
        place="дело 3, лист 5",
    )
    with town.work(town.tutor()) as work:
        record_conflict_document(work, said)
    assert found(town) == []
    return town


def test_whose_act_it_is_cannot_be_changed(decided: Town):
    asked = (
        update(consents)
        .where(consents.c.signer_id == decided.people["mother"])
        .where(consents.c.about_id == decided.people["child"])
    )
    changed_by_hand(decided, consents, asked.values(signer_id=decided.people["teen"]))
    assert found(decided) == ["V8"]


@pytest.mark.parametrize("column", ["programme", "notice_version"])
def test_which_words_an_act_answers_cannot_be_changed(decided: Town, column: str):
    changed_by_hand(decided, consents, update(consents).values({column: "other"}))
    assert set(found(decided)) == {"V8"}


def test_when_an_act_was_recorded_cannot_be_changed(decided: Town):
    later = update(acts).where(acts.c.kind == "refused").values(recorded_at=acts_time(decided))
    changed_by_hand(decided, acts, later)
    assert found(decided) == ["V8"]


def acts_time(town: Town) -> object:
    with town.registry.reading(SYSTEM) as work:
        return work.now - timedelta(days=1)


@pytest.mark.parametrize("column", ["stands_id", "student_id"])
def test_what_a_document_on_a_conflict_says_cannot_be_changed(decided: Town, column: str):
    assert decided.state("child") is State.REFUSED
    by_mother = update(conflict_documents).values({column: decided.people["mother"]})
    changed_by_hand(decided, conflict_documents, by_mother)
    assert found(decided) == ["V8"]
