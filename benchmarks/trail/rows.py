"""The rows that events became, as the bare driver reads and inserts them."""

from typing import Any

from benchmarks.bare import selected

Rows = dict[str, list[tuple[Any, ...]]]
"""Table by table."""

TABLES = ("trail_event", "trail_opening", "trail_object", "trail_queue")


def rows_of_events(source: Any) -> dict[str, Rows]:  # noqa: ANN401 - either driver's
    """Read the rows of every event that waits for its number."""
    found: dict[str, Rows] = {}
    for table in TABLES:
        cursor = source.execute(selected(table))
        place = [column[0] for column in cursor.description].index("event_id")
        for row in cursor.fetchall():
            found.setdefault(str(row[place]), {}).setdefault(table, []).append(row)
    return found
