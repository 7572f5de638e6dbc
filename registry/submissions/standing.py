"""Where a submission stands in the row of its school's messages in one programme."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.submissions.message import Kind
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.work import Work

ON_ITS_WAY = frozenset({"sending", "unknown", "handed_over", "resending"})
"""States of a message that the platform may hold already."""
STILL_TO_ARRIVE = frozenset({"built", "sealed"}) | ON_ITS_WAY
"""States of a withdrawal that the platform has not answered."""


@dataclass(frozen=True, slots=True)
class Row:
    """A school's submissions in a programme, the newest first."""

    submissions: Sequence[Submission]

    @property
    def last_accepted(self) -> Submission | None:
        """The message that the platform accepted last, of whatever kind."""
        return next((one for one in self.submissions if one.state == "acknowledged"), None)

    @property
    def held(self) -> Submission | None:
        """The whole registry that the platform holds now."""
        whole = (one for one in self.submissions if one.kind is not Kind.WITHDRAWAL)
        return next((one for one in whole if one.state == "acknowledged"), None)

    @property
    def current(self) -> Submission | None:
        """The full message or correction that was opened last."""
        return next((one for one in self.submissions if one.kind is not Kind.WITHDRAWAL), None)

    @property
    def last_number(self) -> int:
        """The highest number given so far."""
        return self.submissions[0].sequence if self.submissions else 0

    @property
    def withdrawal_under_way(self) -> bool:
        """Whether the platform was told to destroy entries and has not answered yet."""
        return any(one.kind is Kind.WITHDRAWAL and one.state in STILL_TO_ARRIVE for one in self.submissions)

    def number_for(self, submission: Submission) -> int:
        """Give the number of a submission's next message: its own, or the next when a later one was given."""
        return submission.sequence if submission.sequence == self.last_number else self.last_number + 1


def row_of(work: Work, submission: Submission) -> Row:
    """Read the row in which a submission stands."""
    return Row(records.of_school(work.connection, submission.school_id, submission.programme))
