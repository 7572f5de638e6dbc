"""What the undo of a roster asks of this room: the people on whose word something stands."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from registry.consents.models.acts import people_of_acts_since
from registry.people.holds import Hold, answers_for
from registry.work import Work


@answers_for(Hold.ACT)
def people_of_acts(work: Work, school_id: UUID, since: datetime) -> Collection[UUID]:
    """Name those about whom, or by whom, an act was recorded since a moment."""
    return people_of_acts_since(work.connection, school_id, since)
