"""What this room answers to others: whom a frozen message holds."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from registry.people.holds import Hold, answers_for
from registry.submissions.models import lines
from registry.work import Work


@answers_for(Hold.SUBMISSION)
def frozen_people(work: Work, school_id: UUID, since: datetime) -> Collection[UUID]:
    """Name the students whom a message that was frozen since a moment tells of, and that was not voided."""
    return lines.students_frozen_since(work.connection, school_id, since)
