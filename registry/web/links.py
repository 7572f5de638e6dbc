"""Addresses that a request names: followed only inside this registry."""

from urllib.parse import urlsplit

FIRST_PRINTABLE = " "


def local_path(target: str | None, otherwise: str = "/") -> str:
    """Give the address if it is a path of this registry, and the other one if it leads anywhere else.

    Args:
        target: what a request named: ``/path?query``; anything else is not followed.
        otherwise: where to go then.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return otherwise
    if any(sign < FIRST_PRINTABLE for sign in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def path_of(address: str | None) -> str | None:
    """Give path and query of a full address, such as the page that a form stood on."""
    if not address:
        return None
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
