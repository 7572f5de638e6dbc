"""How often a failed job is tried again, and after which pauses."""

import random
from dataclasses import dataclass
from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=2)
JITTER = 0.2
"""By this part a pause is longer or shorter by chance: what failed together is not tried together."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Tries of a job: the pauses double up to the longest one.

    Attributes:
        tries: in all; after the last one the promise is given up and shown.
        longest: pause between two tries.
    """

    tries: int
    longest: timedelta

    def pause_after(self, tries: int) -> timedelta | None:
        """Give the pause after so many tries, by chance a fifth more or less; none after the last one."""
        if tries >= self.tries:
            return None
        return self.usual_pause(tries) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody gains by guessing it

    def usual_pause(self, tries: int) -> timedelta:
        """Give the pause after so many tries without what chance adds."""
        doublings = min(tries - 1, 30)
        return min(FIRST_PAUSE * (1 << doublings), self.longest)

    @property
    def span(self) -> timedelta:
        """Time from the first try to the last."""
        return sum((self.usual_pause(number) for number in range(1, self.tries)), timedelta())


USUAL = Retries(tries=48, longest=timedelta(minutes=30))
"""Most of a day, for jobs that say nothing else."""
