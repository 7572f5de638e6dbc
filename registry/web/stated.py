"""The purpose that stands, as the head of each page shows it."""

from flask_babel import gettext

from registry.access.purposes import REASONS
from registry.web.current import purpose


def purpose_words() -> str | None:
    """Give the purpose that stands, in words for the head of each page; none when none is stated."""
    stated = purpose()
    if stated is None:
        return None
    reason = {one.value: gettext(words) for one, words in REASONS.items()}.get(stated.reason, stated.reason)
    return f"{reason}, {stated.order}"
