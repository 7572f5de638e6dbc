"""What the trail keeps of an auditor's purpose."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Purpose:
    """For what an auditor reads personal data.

    Attributes:
        id: of this statement, as its own entry in the trail names it.
        reason: a short code: ``planned``, ``complaint``.
        order: number of the order or request that he acts on.
    """

    id: UUID
    reason: str
    order: str
