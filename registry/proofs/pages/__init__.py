"""The pages of proofs: the signer's copies, those for staff, and the page where anybody checks a document."""

from registry.proofs.pages import copy, staff, verify
from registry.proofs.pages.room import blueprint

__all__ = ["blueprint", "copy", "staff", "verify"]
