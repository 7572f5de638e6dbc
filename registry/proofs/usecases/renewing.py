"""Another key for seals: the old one goes, its certificate stays, and so what it sealed verifies."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from registry.documents.pades.keys import renew_keys
from registry.keys.resealing import OPERATOR
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Registry

KIND: Final = "seal-key"


def renew(registry: Registry) -> str:
    """Replace the key of seals; give the fingerprint of the new certificate."""
    owner = urlsplit(registry.settings.base_url).netloc
    keys = renew_keys(registry.settings.keys, owner, registry.now())
    with registry.work(OPERATOR) as work:
        what = ObjectRef(KIND, UUID(hex=keys.fingerprint[:32]), 1)
        state = {"certificate": keys.fingerprint}
        work.record(Entry(EntryType.KEY_ROTATED, what, state, tenant=None))
    return keys.fingerprint
