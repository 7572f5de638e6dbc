"""The pages of proofs: bundles and evidence of consents."""

from registry.proofs.pages import bundles, evidence
from registry.proofs.pages.room import blueprint

__all__ = ["blueprint", "bundles", "evidence"]
