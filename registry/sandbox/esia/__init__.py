"""The sandbox's ESIA: it checks what the real one checks, and knows only invented people."""

from registry.sandbox.esia.app import create_esia
from registry.sandbox.esia.stand import NOBODY, Known, Stand, open_stand

__all__ = ["NOBODY", "Known", "Stand", "create_esia", "open_stand"]
