"""The worker's door: handing letters over.

A letter is handed over at least once: between the provider's yes and our commit a crash can lie, and then it
is sent again. A second copy carries the same Message-ID (e-mail) or the same idempotency key (SMS). Apart
from that window a promise that runs twice, even at the same time, sends one letter: the first run takes it.
"""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from registry.errors import N_, RegistryError
from registry.jobs.names import Conclusion, errand
from registry.jobs.retries import Retries
from registry.jobs.worker import WORKER
from registry.letters import models
from registry.letters.envelopes import Envelope, open_envelope
from registry.letters.mail import Attachment, Mailer, make_message
from registry.letters.models import Taken
from registry.letters.outcome import LaterError
from registry.letters.rules import MOST_ATTEMPTS, Channel
from registry.letters.sms import Gateway
from registry.letters.usecases import DELIVER
from registry.storage.failpoints import reach
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Registry, Work

RETRIES = Retries(tries=MOST_ATTEMPTS + 8, longest=timedelta(minutes=6))
"""A few tries more than the letter has: it fails by itself, and its promise is kept with that."""

log = logging.getLogger(__name__)

# Connections of this process: opened at the first letter, kept from letter to letter.
_mailers: dict[tuple[str, int], Mailer] = {}
_gateways: dict[str, Gateway] = {}


@errand(DELIVER, N_("Отправить письмо или СМС"), RETRIES)
def deliver(registry: Registry, letter_id: str) -> Conclusion | None:
    """Hand one letter over, or note why it cannot be; give what is to be written with the promise's end.

    Raises:
        LaterError: not now; the promise is kept again after a growing pause.
    """
    prepared = _prepare(registry, UUID(letter_id))
    if prepared is None:
        return None
    taken, envelope = prepared
    reach("letter.taken")
    try:
        provider_id = _hand_over(registry, taken, envelope)
    except LaterError as error:
        return _postpone(registry, taken, error)
    except RegistryError as error:
        return partial(_note_failure, taken=taken, error=error)
    reach("letter.handed-over")
    return partial(_note_success, taken=taken, provider_id=provider_id)


def close_connections() -> None:
    """Close what the worker keeps open to the providers."""
    while _mailers:
        _mailers.popitem()[1].close()
    while _gateways:
        _gateways.popitem()[1].close()


def _prepare(registry: Registry, letter_id: UUID) -> tuple[Taken, Envelope] | None:
    """Take a letter and open it; nothing when there is nothing to hand over."""
    with registry.work(WORKER) as work:
        taken = models.take(work.connection, letter_id, work.now)
        if taken is None:
            if models.is_queued(work.connection, letter_id):
                raise LaterError(N_("Письмо уже отправляет другой исполнитель."))
            return None
        if taken.expires_at is not None and taken.expires_at <= work.now:
            models.mark_void(work.connection, letter_id)
            log.info("letter-expired", extra={"letter": str(letter_id)})
            return None
        try:
            return taken, open_envelope(work.vault, work.connection, taken)
        except RegistryError as error:
            _note_failure(work, taken, error)
            return None


def _hand_over(registry: Registry, taken: Taken, envelope: Envelope) -> str:
    settings, letter = registry.settings, taken.letter
    if letter.channel is Channel.SMS:
        return _gateway(settings.sms_url).hand_over(letter.id, envelope)
    attachment = None
    if taken.attachment_id is not None:
        attachment = Attachment(f"{letter.id.hex}.pdf", registry.files.get(taken.attachment_id))
    message = make_message(letter.id, settings.sender, envelope, registry.now(), attachment)
    mailer = _mailer(settings.smtp_host, settings.smtp_port)
    return mailer.hand_over(message, settings.sender, envelope.address)


def _note_success(work: Work, taken: Taken, provider_id: str) -> None:
    if models.mark_handed_over(work.connection, taken.letter.id, work.now, provider_id):
        reach("letter.noted-before-entry")
        work.record(_entry(EntryType.LETTER_SENT, taken))


def _postpone(registry: Registry, taken: Taken, error: LaterError) -> Conclusion:
    """Give the letter back for a later try; after the last one it has failed, and that can be seen."""
    if taken.letter.attempts >= MOST_ATTEMPTS:
        return partial(_note_failure, taken=taken, error=error)
    with registry.work(WORKER) as work:
        reach("letter.before-release")
        models.release(work.connection, taken.letter.id, error.slug)
    raise error


def _note_failure(work: Work, taken: Taken, error: RegistryError) -> None:
    if models.mark_failed(work.connection, taken.letter.id, error.slug):
        work.record(_entry(EntryType.LETTER_FAILED, taken))
        log.warning("letter-failed", extra={"letter": str(taken.letter.id), "error": error.slug})


def _entry(kind: EntryType, taken: Taken) -> Entry:
    letter = taken.letter
    return Entry(
        kind, ObjectRef("letter", letter.id, 1), None, letter.school_id, (Slot(letter.person_id, None),)
    )


def _mailer(host: str, port: int) -> Mailer:
    return _mailers.setdefault((host, port), Mailer(host, port))


def _gateway(url: str) -> Gateway:
    if url not in _gateways:
        _gateways[url] = Gateway(url)
    return _gateways[url]
