"""What is done with keys: ordered, made, pinned, brought into force, retired, revoked.

Staff always act in two: what one asks for, another confirms. A command of the machine acts by itself.
"""

from registry.keys.usecases.force import activate, confirm, decline, note_revocation, retire, revoke
from registry.keys.usecases.ordering import Made, Owner, create, note_made, pin, rotate
from registry.keys.usecases.warning import warn

__all__ = [
    "Made",
    "Owner",
    "activate",
    "confirm",
    "create",
    "decline",
    "note_made",
    "note_revocation",
    "pin",
    "retire",
    "revoke",
    "rotate",
    "warn",
]
