"""The way out of this installation: whose key signs, whose key can open, over which line."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from registry.errors import RegistryError
from registry.keys import choosing, folder
from registry.keys.rules import Key, check_usable
from registry.sealing.sealer import Parties, Sealer
from registry.submissions.models.records import Submission
from registry.submissions.ways import open_transport
from registry.trail.entries import SYSTEM
from registry.transports.transport import Transport
from registry.work import Registry, Work

TO_SEAL = {"signed_off", "built"}


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a message needs to leave: the sealer, the two keys, the receiver's name and the line."""

    sealer: Sealer
    parties: Parties
    receiver: str
    transport: Transport


@contextmanager
def way_out(registry: Registry, submission: Submission | None = None) -> Iterator[WayOut]:
    """Open the way out of a submission, or of the operator and the only receiver; close it after use.

    Whether its keys may be used now is asked by `demand_usable`: asking about a message needs no key of ours.

    Raises:
        SettingsError: no own key, no pinned key of the platform, or no line is set up.
    """
    with registry.reading(SYSTEM) as work:
        signer, recipient = keys_of(work, submission)
    with (
        folder.opened(registry.settings) as sealer,
        closing(open_transport(registry, recipient.owner)) as transport,
    ):
        parties = Parties(str(signer.fingerprint), str(recipient.fingerprint))
        yield WayOut(sealer, parties, recipient.owner, transport)


def keys_of(work: Work, submission: Submission | None) -> tuple[Key, Key]:
    """Give the key that signs a submission and the key that it is for, usable or not.

    Raises:
        SettingsError: one of them is not set up.
    """
    school_id = submission.school_id if submission else None
    receiver = json.loads(submission.manifest)["receiver"] if submission and submission.manifest else None
    return choosing.signer_for(work.connection, school_id), choosing.recipient_for(work.connection, receiver)


def demand_usable(work: Work, submission: Submission) -> None:
    """Let nothing be sealed with keys that are not in full force.

    Raises:
        ConflictError: a key is revoked, expired or retired; the words name it and the cure.
    """
    for key in keys_of(work, submission):
        check_usable(key, work.now)


def key_trouble(work: Work, submission: Submission) -> RegistryError | None:
    """Tell why a signed-off submission is not sealed, if its keys are the reason."""
    if submission.state not in TO_SEAL:
        return None
    try:
        demand_usable(work, submission)
    except RegistryError as trouble:
        return trouble
    return None
