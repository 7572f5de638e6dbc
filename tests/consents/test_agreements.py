"""The agreement on the simple signature is a process: offered, concluded, ended; no act writes for it."""

from dataclasses import replace
from datetime import date

import pytest

from registry.app import load_names
from registry.consents.agreements import follow_agreements
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import usecases as workflows
from registry.workflows import versions
from registry.workflows.cases import Subject
from registry.workflows.clock import follow_clock
from tests.consents.conftest import AGREEMENT, MESH, Town

load_names()


@pytest.fixture
def followed(town: Town) -> Town:
    with town.work() as work:
        shipped = versions.shipped()
        versions.publish(work, {"code-agreement.toml": shipped["code-agreement.toml"]})
    return town


def history(town: Town, signer: str) -> list[str | None]:
    """Follow, and give the steps that the case of a signer's agreement has taken."""
    follow_agreements(town.registry)
    subject = Subject("code_agreement", town.consent(signer, AGREEMENT).id)
    with town.registry.reading(SYSTEM) as work:
        case = workflows.case_of(work, "code-agreement", subject)
        return [one.transition for one in workflows.look(work, case.id).history[1:]]


def test_it_is_offered_with_the_documents_and_concluded_online_or_on_paper(followed: Town):
    assert history(followed, "mother") == []
    followed.give("mother", AGREEMENT)
    assert history(followed, "mother") == ["conclude_online"]
    child, father = followed.people["child"], followed.people["father"]
    with followed.work(followed.tutor()) as work:
        paper = Paper(
            followed.school, MESH, child, father, AGREEMENT, ActKind.GIVEN, work.today, "папка 1, лист 2"
        )
        record_paper_act(work, paper)
    assert history(followed, "father") == ["conclude_on_paper"]
    assert history(followed, "mother") == ["conclude_online"]  # looked at again: nothing more


def test_one_that_may_not_be_moved_keeps_nobody_elses_back(town: Town, caplog: pytest.LogCaptureFixture):
    """A version that people made lets the registry conclude on paper only."""
    before = """to = "in_force"
by = ["system"]"""
    text = versions.shipped()["code-agreement.toml"]
    online = text.index("[transitions.conclude_online]")
    changed = text[:online] + text[online:].replace(before, before.replace("system", "director"), 1)
    assert changed != text
    with town.work() as work:
        versions.publish(work, {"code-agreement.toml": changed})
    follow_agreements(town.registry)
    town.give("mother", AGREEMENT)
    child, father = town.people["child"], town.people["father"]
    with town.work(town.tutor()) as work:
        paper = Paper(
            town.school, MESH, child, father, AGREEMENT, ActKind.GIVEN, work.today, "папка 1, лист 2"
        )
        record_paper_act(work, paper)
    assert history(town, "father") == ["conclude_on_paper"]
    assert history(town, "mother") == []
    told = [one for one in caplog.records if one.message == "agreement-not-moved"]
    assert {one.__dict__["code"] for one in told} == {"step-not-yours"}


def test_it_ends_by_its_withdrawal_and_by_the_end_of_the_programme(followed: Town):
    followed.give("mother", AGREEMENT)
    followed.say("mother", followed.where("mother", AGREEMENT), ActKind.WITHDRAWN)
    assert history(followed, "mother") == ["conclude_online", "take_back"]
    followed.give("mother", AGREEMENT)
    assert history(followed, "mother")[2:] == ["conclude_online"]
    after = Registry.open(replace(followed.registry.settings, today=date(2025, 1, 9)))
    follow_clock(after)
    after.engine.dispose()
    assert history(followed, "mother")[3:] == ["expire"]
    assert history(followed, "father") == ["lapse"]
