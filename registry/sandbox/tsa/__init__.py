"""A stand-in for a time stamp authority (RFC 3161), with a key of its own; nobody else vouches for it."""

from registry.sandbox.tsa.app import create_tsa
from registry.sandbox.tsa.stamping import CERTIFICATE, Fault, Stand, open_stand

__all__ = ["CERTIFICATE", "Fault", "Stand", "create_tsa", "open_stand"]
