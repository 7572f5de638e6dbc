"""The mark of a page that was handed out before the last click: it says when, and only we can make it."""

import hmac
from datetime import UTC, datetime
from typing import Final

from registry.consents.models.moment import Where
from registry.web.current import current_registry

_KIND: Final = "consents.passed"


def passed_now(where: Where) -> str:
    """Mark the page before the last click on one document, as handed out now."""
    at = str(int(current_registry().now().timestamp()))
    return f"{at}.{_keyed(where, at)}"


def read_passed(where: Where, mark: str) -> datetime | None:
    """Tell when the page was handed out that carried this mark; None where it is not ours, or of another."""
    at, _, keyed = mark.partition(".")
    if not hmac.compare_digest(keyed.encode(), _keyed(where, at).encode()):
        return None
    return datetime.fromtimestamp(int(at), UTC)


def _keyed(where: Where, at: str) -> str:
    said = f"{where.sitting_id}/{where.consent_id}/{where.presentation_id}/{at}"
    return current_registry().vault.blind_index(_KIND, said).hex()
