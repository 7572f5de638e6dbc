"""Reading and checking an opened message, by the format of docs/message-format.md and nothing else.

It shares no code with the room that writes messages, so that an error there cannot hide here.
"""

from registry.sandbox.platform.inspect.archive import unpack
from registry.sandbox.platform.inspect.entries import Entry, read_entries
from registry.sandbox.platform.inspect.findings import Findings, Refusal
from registry.sandbox.platform.inspect.manifest import Addressee, Kind, Manifest, read_manifest
from registry.sandbox.platform.inspect.order import Standing, check_order
from registry.sandbox.platform.inspect.withdrawals import Withdrawn, read_withdrawn

__all__ = [
    "Addressee",
    "Entry",
    "Findings",
    "Kind",
    "Manifest",
    "Refusal",
    "Standing",
    "Withdrawn",
    "check_order",
    "read_entries",
    "read_manifest",
    "read_withdrawn",
    "unpack",
]
