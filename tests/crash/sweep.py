"""Which blows there are, and which of them the short run takes today."""

import hashlib
from datetime import UTC, datetime

from registry.storage.failpoints import Action

KINDS = ("sqlite", "postgresql")
ACTIONS = (Action.RAISE, Action.EXIT, Action.KILL, Action.DROP)
IN_SETTING_UP = ("small-file.opened", "small-file.before-name")
"""Passed before there is a school, too: tests/crash/test_setting_up.py strikes there."""
ONE_IN = 20


def of_today(name: str, action: str, kind: str, one_in: int = ONE_IN) -> bool:
    """Tell whether a blow is in the part that the short run takes today; so many days take them all."""
    number = int.from_bytes(hashlib.sha256(f"{name} {action} {kind}".encode()).digest()[:4])
    return (number + datetime.now(UTC).toordinal()) % one_in == 0
