"""A school goes over to a newer version of its programme: open documents are asked with the new texts."""

from uuid import UUID

from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.asking import consents_of_programme
from registry.consents.usecases.asking import ask
from registry.consents.usecases.requesting import FOLLOW
from registry.programmes import usecases as programmes
from registry.programmes.models import Participation, find_participation, latest_version
from registry.storage.queries import share
from registry.work import Work


def join(work: Work, school_id: UUID, programme_id: str) -> Participation:
    """Let a school take part in a programme, or go over to its latest version with all that it asked.

    Whoever was asked and has no decision that still speaks is asked with the texts of the new version, in the
    same transaction; cases of requests follow, and by them letters to those who have to decide anew.

    Raises:
        NotFoundError: there is no such programme.
        ConflictError: the school goes by the latest version already.
    """
    # A message that is about to leave is decided on before this, or after it.
    share(work.connection, SCHOOL_LOCK, school_id)
    part = programmes.join(work, school_id, programme_id)
    held = consents_of_programme(work.connection, school_id, programme_id)
    if held:
        ask(work, school_id, programme_id, {one.signer_id for one in held})
        work.later(FOLLOW, school_id=str(school_id), programme_id=programme_id)
    return part


def take_up_texts(work: Work, school_id: UUID, programme_id: str) -> None:
    """Let a school go over to the version in force, unless it has done so or has left meanwhile."""
    held = find_participation(work.connection, school_id, programme_id)
    if held is not None and held.version_id != latest_version(work.connection, programme_id).id:
        join(work, school_id, programme_id)
