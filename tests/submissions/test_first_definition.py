"""A case that began under the first definition, which knew no waiting for an answer by another road.

Its text is kept in tests/vectors/submission-workflow-1.toml as it was published.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.submissions import usecases
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import usecases as workflows
from registry.workflows import versions
from tests.submissions import test_ways, way
from tests.submissions.conftest import Keys, Platform, adopt
from tests.submissions.lines import Line, sftp_line
from tests.submissions.school import PROGRAMME, School, found_school

FIRST = Path(__file__).parents[1] / "vectors" / "submission-workflow-1.toml"
registry_settings = test_ways.registry_settings


@pytest.fixture
def line(platform: Platform, tmp_path: Path) -> Iterator[Line]:
    with sftp_line(platform, tmp_path) as opened:
        yield opened


@pytest.fixture
def school(registry: Registry, exchanged: Keys, monkeypatch: pytest.MonkeyPatch) -> School:
    """A school whose submission was opened before the second version was published."""
    shipped = versions.shipped()
    monkeypatch.setattr(versions, "shipped", lambda: {**shipped, "submission.toml": FIRST.read_text("utf-8")})
    adopt(registry, exchanged)
    school = found_school(registry)
    with registry.work(school.clerk) as work:
        usecases.open_submission(work, school.id, PROGRAMME)
    monkeypatch.undo()
    with registry.work(SYSTEM) as work:
        versions.publish(work, versions.shipped())
    return school


def test_such_a_case_waits_as_unknown_and_is_acknowledged_all_the_same(
    school: School, line: Line, platform: Platform
):
    way.ready_school(school)
    submission = way.sent(school)
    with school.registry.reading(SYSTEM) as work:
        assert workflows.look(work, submission.case_id).definition.version == 1
    assert submission.state == "unknown"
    way.hurry(school.registry)
    assert (way.now(school, submission).state, line.copies()) == ("unknown", 1)
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert way.attempts_of(school, submission) == ["handed_over"]
    assert len(platform.messages()) == 1
