"""Pages of submissions: schools and their state, readiness, one submission, the director's sign-off."""

from registry.submissions.pages import by_hand, overview, readiness, signing, submission
from registry.submissions.pages.room import blueprint

__all__ = ["blueprint", "by_hand", "overview", "readiness", "signing", "submission"]
