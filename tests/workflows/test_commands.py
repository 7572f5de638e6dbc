"""The commands about processes, as an operator types them."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from registry.app import load_names
from registry.cli import main
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from registry.workflows import usecases, versions
from registry.workflows.cases import Subject
from registry.workflows.drafts import usecases as drafts

Run = Callable[..., tuple[int, str]]
ONE, OTHER = (Actor("staff", UUID(int=number), "operator", "password") for number in (1, 2))
NAME = "roster-review"


@pytest.fixture
def run(registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("REGISTRY_HOME", str(registry.settings.home))
    monkeypatch.setenv("REGISTRY_DATABASE_URL", registry.settings.database_url)

    def run(*words: str) -> tuple[int, str]:
        status = main(["workflows", *words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


@pytest.fixture
def edited(registry: Registry) -> int:
    """A process of which people made a version with another name for its first state; give its number."""
    load_names()
    text = versions.shipped()["roster-review.toml"]
    with registry.work(SYSTEM) as work:
        versions.publish(work, {"roster-review.toml": text})
        usecases.start(work, NAME, Subject("roster_upload", uuid4()), None)
    with registry.work(ONE) as work:
        draft = drafts.take(work, NAME)
        draft = drafts.write(work, draft.id, draft.revision, draft.text.replace("in_review", "looked_at"))
        draft = drafts.propose(work, draft.id, draft.revision, "другое имя")
    with registry.work(OTHER) as work:
        return drafts.approve(work, draft.id, draft.revision).version or 0


def test_the_list_tells_versions_cases_and_a_shipped_version_that_waits(
    run: Run, edited: int, monkeypatch: pytest.MonkeyPatch
):
    status, said = run("list")
    assert status == 0
    assert f"версия {edited - 1}: из поставки" in said
    assert "открытых дел: 1" in said
    assert (
        f"версия {edited}: изменена сотрудниками по версии {edited - 1}; открытых дел: 0; действует" in said
    )
    text = versions.shipped()["roster-review.toml"]
    number = next(line for line in text.splitlines() if line.startswith("version"))
    newer = {"roster-review.toml": text.replace(number, "version = 900")}
    monkeypatch.setattr(versions, "shipped", lambda: newer)
    assert "в поставке есть версия 900 (roster-review.toml)" in run("list")[1]


def test_cases_are_moved_after_it_was_said_where_they_go(run: Run, edited: int):
    way = ("migrate", NAME, "--from", str(edited - 1), "--to", str(edited))
    status, said = run(*way, "--dry-run")
    assert (status, "in_review: дел 1, места в новой версии нет" in said) == (1, True)
    status, said = run(*way)
    assert (status, "скажите, куда их поставить: in_review" in said) == (1, True)
    mapped = ("--map", "in_review=looked_at")
    status, said = run(*way, *mapped, "--dry-run")
    assert (status, "in_review -> looked_at: дел 1, срок считается заново у 0" in said) == (0, True)
    status, said = run(*way, *mapped)
    assert (status, "Переведено дел: 1" in said) == (0, True)
    assert run(*way, *mapped)[0] == 1
    assert run(*way, "--map", "in_review")[0] == 1


def test_definitions_are_checked_with_every_fault_told(run: Run, tmp_path: Path):
    assert run("check")[0] == 0
    broken = tmp_path / "broken.toml"
    text = versions.shipped()["roster-review.toml"]
    broken.write_text(text.replace('to = "approved"', 'to = "nowhere"'), "utf-8")
    status, said = run("check", str(broken))
    assert status == 1
    assert "transitions.approve.to: состояния «nowhere» нет" in said
