"""What the worker does with keys: makes and pins them in the key folder, and tells the sandbox platform.

Each is safe to run twice: an order that was carried out is found so, and a key that was made is found again.
"""

from uuid import UUID

from registry.config import Mode
from registry.errors import N_, ConflictError
from registry.jobs.names import errand
from registry.keys import folder, models, platform, usecases
from registry.keys.rules import Key, State, check_usable
from registry.sealing.public_keys import with_revocation
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work


@errand("keys.make", N_("Создать ключ"))
def make(registry: Registry, *, key_id: str) -> None:
    """Make an ordered key in the key folder, or pin a platform's; then bring into force what may be.

    Raises:
        UnavailableError, SettingsError: gpg or the folder does not work; the promise comes up again.
    """
    key, old = _look(registry, UUID(key_id))
    if key.asked is not None or key.state in {State.RETIRED, State.REVOKED}:
        return
    if not key.own:
        _pin(registry, key)
        return
    if key.fingerprint is None:
        made = folder.make_own(registry, key, old)
        with registry.work(SYSTEM) as work:
            key = usecases.note_made(work, key.id, made)
    if registry.settings.mode is Mode.SANDBOX and key.state is State.PENDING:
        with registry.work(SYSTEM) as work:
            work.later("keys.introduce", key_id=str(key.id))


@errand("keys.introduce", N_("Представить ключ платформе"))
def introduce(registry: Registry, *, key_id: str) -> None:
    """Tell the sandbox platform a new key, with the statement of the old one, and bring it into force.

    Outside the sandbox a person does both: two organisations exchange keys on paper.

    Raises:
        UnavailableError: the platform does not answer; the promise comes up again.
        ConflictError: it does not take the key.
    """
    key, _ = _look(registry, UUID(key_id))
    if registry.settings.mode is not Mode.SANDBOX or key.state is not State.PENDING or not key.fingerprint:
        return
    platform.tell_key(registry.settings, key)
    with registry.work(SYSTEM) as work:
        if models.get(work.connection, key.id).state is State.PENDING:
            usecases.activate(work, key.id)


@errand("keys.publish_revocation", N_("Сообщить платформе об отзыве ключа"))
def publish_revocation(registry: Registry, *, key_id: str) -> None:
    """Put the revocation into an own key, keep it for partners, and tell the sandbox platform.

    Raises:
        SettingsError: the certificate was taken away; says how to bring it back.
        UnavailableError: the platform does not answer; the promise comes up again.
    """
    key, _ = _look(registry, UUID(key_id))
    if key.state is not State.REVOKED or key.fingerprint is None or not key.own:
        return  # a platform makes its own revocation known itself
    if key.revoked_key is None:
        certificate = folder.read_certificate(registry.settings, key.fingerprint)
        revoked = with_revocation(str(key.public_key).encode(), certificate)
        with folder.opened(registry.settings) as sealer:
            sealer.take_revocation(revoked)
        with registry.work(SYSTEM) as work:
            key = usecases.note_revocation(work, key.id, revoked.decode("ascii"))
    if registry.settings.mode is Mode.SANDBOX and key.active_from is not None:
        platform.tell_revocation(registry.settings, key)


def _look(registry: Registry, key_id: UUID) -> tuple[Key, Key | None]:
    """Read a key, and the one before it if that may sign for it."""
    with registry.reading(SYSTEM) as work:
        key = models.get(work.connection, key_id)
        return key, _before(work, key)


def _before(work: Work, key: Key) -> Key | None:
    if key.follows is None:
        return None
    try:
        return check_usable(models.get(work.connection, key.follows), work.now)
    except ConflictError:
        # A revoked or expired key vouches for nothing: its successor is exchanged on paper, as the first was.
        return None


def _pin(registry: Registry, key: Key) -> None:
    if key.public_key is None or key.fingerprint is None:
        raise ConflictError(N_("Открытого ключа платформы в записи нет."), code="key-unreadable")
    with folder.opened(registry.settings) as sealer:
        sealer.pin(key.public_key.encode(), key.fingerprint)
    with registry.work(SYSTEM) as work:
        if models.get(work.connection, key.id).state is State.PENDING:
            usecases.activate(work, key.id)
