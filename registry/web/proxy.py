"""The proxy before the pages: whose word is taken for where a request came from.

Forwarded headers are a claim of whoever sends them. They are believed from the addresses that the
installation names, one step deep, and taken away from everybody else's requests: nobody behind reads them.
"""

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from werkzeug.middleware.proxy_fix import ProxyFix

from registry.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BELIEVED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
ARRIVED: Final = "registry.arrived"
"""Under this name a request keeps, for evidence alone, how it arrived before anything was believed."""
CLAIMS: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The other end of the connection, its port, and the raw ``X-Forwarded-For`` that came through it."""

    peer: str
    port: str
    forwarded: str


class TrustedProxy:
    """Reads ``X-Forwarded-For`` and ``X-Forwarded-Proto`` of the named proxies, drops all other claims."""

    def __init__(self, app: "WSGIApplication", trusted: Collection[Network]) -> None:
        self._plain = app
        # One step: the proxy appends the address that it saw; what stands before is the visitor's word.
        self._behind = ProxyFix(app, x_for=1, x_proto=1, x_host=0, x_port=0, x_prefix=0)
        self._trusted = tuple(trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        environ[ARRIVED] = Arrived(
            *(str(environ.get(name, "")) for name in ("REMOTE_ADDR", "REMOTE_PORT", "HTTP_X_FORWARDED_FOR"))
        )
        trusted = self._is_trusted(environ.get("REMOTE_ADDR", ""))
        for name in CLAIMS if trusted else (*CLAIMS, *BELIEVED):
            environ.pop(name, None)
        return (self._behind if trusted else self._plain)(environ, start_response)

    def _is_trusted(self, address: Any) -> bool:  # noqa: ANN401 - a server may put anything there
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        # A server that listens on IPv6 shows an IPv4 visitor in IPv6's clothes.
        plain = getattr(known, "ipv4_mapped", None) or known
        return any(plain in network for network in self._trusted)
