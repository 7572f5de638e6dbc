"""Who vouches for times: apart from the asking, whose libraries take half a second to load."""

from dataclasses import dataclass

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Authority:
    """A time stamp authority: its address, and the certificates that its answers must lead up to."""

    address: str
    roots: tuple[x509.Certificate, ...]
