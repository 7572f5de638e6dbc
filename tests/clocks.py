"""Time that passes without being waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from unittest import mock


@dataclass
class Later:
    """The registry's clock: real time, and what a test says has been waited."""

    waited: timedelta = timedelta(0)

    def now(self, zone: tzinfo | None = None) -> datetime:
        return datetime.now(zone) + self.waited

    @contextmanager
    def ticking(self) -> Iterator["Later"]:
        with mock.patch("registry.work.datetime", self):
            yield self
