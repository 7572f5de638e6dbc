"""The pages of proofs: sealed documents, the page where anybody checks one, bundles and evidence."""

from registry.proofs.pages import (
    bundles,
    copy,
    evidence,
    exports,
    own_signatures,
    signatures,
    staff,
    verify,
)
from registry.proofs.pages.room import blueprint

__all__ = [
    "blueprint",
    "bundles",
    "copy",
    "evidence",
    "exports",
    "own_signatures",
    "signatures",
    "staff",
    "verify",
]
