"""How a programme is realised with e-learning, which families may refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class ELearning:
    """What a definition says of it.

    Attributes:
        by_law: it cannot be realised otherwise, so no refusal is accepted.
        parts: that can be refused apart: their titles by language, by id.
    """

    by_law: bool = False
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


UNSAID: Final = ELearning()
"""Of a definition that says nothing: it can be refused, as a whole."""
