"""What comes back of a written entry: its event, and the signed receipt for it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from registry.trail.keys import TrailKeys
from registry.trail.receipt import issue_receipt


@dataclass(frozen=True, slots=True)
class Recorded:
    """A written entry: its event and the hash of its leaf."""

    event_id: UUID
    leaf_hash: bytes
    at: datetime
    keys: TrailKeys = field(repr=False)

    @property
    def receipt(self) -> str:
        """The signed receipt for it; signed when asked for, since few entries need one."""
        return issue_receipt(self.keys.receipt, self.keys.origin, self.leaf_hash, self.at)
