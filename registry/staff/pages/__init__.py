"""Pages of staff: the list, one account, taking somebody in, roles, and who stands in for whom."""

from registry.staff.pages import account, adding, deputies, details, overview, roles
from registry.staff.pages.room import blueprint

__all__ = ["account", "adding", "blueprint", "deputies", "details", "overview", "roles"]
