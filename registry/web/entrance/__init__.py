"""Pages of staff: signing in and out, proving oneself, own account, own sessions, and the home page."""

from registry.web.entrance import account, factor, links, own_sessions, proving, signing_in
from registry.web.entrance.room import EXTENSION, blueprint

__all__ = ["EXTENSION", "account", "blueprint", "factor", "links", "own_sessions", "proving", "signing_in"]
