"""What the demo came to, read back from the database and the trail after the servers did their work."""

from dataclasses import dataclass

from registry.config import Settings
from registry.work import Registry


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run; the five shares add up to the students."""

    students: int
    guardians: int
    acts: int
    included: int
    refused: int
    conflict: int
    withdrawn: int
    not_required: int
    message_id: str
    message_sha256: str
    message_bytes: int
    acknowledgement: str
    trail_size: int
    trail_root: str
    trail_verified: bool
    seconds: float

    def holds(self, planned: int) -> bool:
        """Whether everything came out as it must."""
        shares = self.included + self.refused + self.conflict + self.withdrawn + self.not_required
        return (
            self.students == planned == shares
            and self.included > 0
            and self.acknowledgement == "accepted"
            and self.trail_verified
        )
