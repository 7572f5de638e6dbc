"""Whether the registry is well, for those who watch over it: the database answers, promises are kept."""

from datetime import timedelta
from typing import Any

from flask import Blueprint
from sqlalchemy import func, select

from registry.access.rules import Action
from registry.storage.outbox import promises
from registry.web.current import ANYBODY, current_registry
from registry.web.doors import machine

LATE = timedelta(minutes=1)

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@machine(Action.PUBLIC)
def health() -> tuple[dict[str, Any], int]:
    """Answer 200 while the database answers and promises are kept in time, 503 otherwise."""
    with current_registry().reading(ANYBODY) as reading:
        oldest = reading.connection.execute(select(func.min(promises.c.due_at))).scalar()
    waiting = 0 if oldest is None else max(0, int((reading.now - oldest).total_seconds()))
    well = waiting < LATE.total_seconds()
    said = {"database": "ok", "worker": "ok" if well else "late", "oldest_promise_s": waiting}
    return said, 200 if well else 503
