"""Where the request under way came from, as evidence: what is believed, and beside it what was claimed."""

from typing import Final

from flask import request

from registry.config import NO_PROXY
from registry.web.current import current_registry, known
from registry.web.proxy import ARRIVED, Arrived

LONGEST: Final = 300


def came_from() -> dict[str, str]:
    """Say where this request came from; what is not known is empty.

    Gives the public id of the session; the visitor's address as far as it is believed; address and port of
    the other end of the connection, which may be a proxy's; the raw forwarded header, believed or not, and
    from where it is believed; the browser's own words of itself and of its languages.
    """
    arrived = request.environ.get(ARRIVED) or Arrived("", "", "")
    found, trusted = known(), current_registry().settings.trusted_proxy
    return {
        "session": "" if found is None else str(found.session.id),
        "address": request.remote_addr or "",
        "peer": arrived.peer,
        "port": arrived.port,
        "forwarded": arrived.forwarded[:LONGEST],
        "proxies": "" if trusted is None else ", ".join(map(str, trusted)) or NO_PROXY,
        "agent": request.headers.get("User-Agent", "")[:LONGEST],
        "languages": request.headers.get("Accept-Language", "")[:LONGEST],
    }
