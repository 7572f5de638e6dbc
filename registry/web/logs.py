"""Logs: one JSON line an event, with ids only; a failure's own words are left out, for they may hold data."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from registry.web.current import known, request_id

log = logging.getLogger(__name__)

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: time, level, logger, event, and what the event carries."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        said.update({name: value for name, value in vars(record).items() if name not in _USUAL})
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            said["passed"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        # In ASCII: there are more ends of lines in the world than the one that a reader of logs looks for.
        return json.dumps(said, default=str)


def configure_logs(level: int = logging.INFO) -> None:
    """Let this process write its log to the standard error output as lines of JSON.

    Args:
        level: of the registry's own lines; libraries, whose words are not ours, may warn and no more.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("registry").setLevel(level)


def register_request_log(app: Flask) -> None:
    """Write a line a request: the route's pattern and not the address, which may carry a token."""
    app.before_request(_start)
    app.after_request(_write)


def _start() -> None:
    g.started = time.perf_counter()


def _write(response: Response) -> Response:
    if log.isEnabledFor(logging.INFO):
        found = known()
        log.info(
            "request",
            extra={
                "request_id": request_id(),
                "method": request.method,
                "route": None if request.url_rule is None else request.url_rule.rule,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                "session": None if found is None else str(found.session.id),
            },
        )
    return response
