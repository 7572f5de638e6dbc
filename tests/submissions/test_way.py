"""The whole way against the real platform: one message, acknowledged."""

import pytest

from registry.consents.rules.acts import ActKind
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School


@pytest.mark.proves("S1-11", "S1-12")
def test_a_whole_school_leaves_as_one_message_and_is_acknowledged(school: School, platform: Platform):
    yes, no = school.enrol(3), school.enrol(2, "6Б")
    school.decide(yes)
    school.decide(no, ActKind.REFUSED)
    submission = way.sent(school)
    assert (submission.state, submission.verdict) == ("acknowledged", "accepted")
    assert [(row["kind"], row["included"], row["roster"]) for row in platform.messages()] == [("full", 3, 5)]
    assert len(platform.held()) == 3
    assert way.attempts_of(school, submission) == ["answered"]
    assert way.open_promises(school.registry) == []
