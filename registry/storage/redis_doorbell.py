"""The doorbell over RQ: a queue a lane in Redis or Valkey, whose jobs say a promise's id and nothing else."""

import logging
import re
import time
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.queue import EnqueueData

from registry.storage.outbox import Lane

PATIENCE_S: Final = 0.5
"""For one answer of the server: a page waits for it."""
SILENCE_S: Final = 5.0
"""After a ring that failed nobody tries again for so long: a page does not wait twice."""
LONGEST_JOB_S: Final = 3600
KEPT_S: Final = 24 * 3600
"""What hangs so long unheard may go: the outbox has it."""
FUNCTION: Final = "registry.jobs.worker.keep_promise"
_OURS = re.compile(r"ob-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

log = logging.getLogger(__name__)


class RedisDoorbell:
    """Rings over RQ; every process may have one."""

    def __init__(self, url: str, installation: str) -> None:
        redis = connect(url, PATIENCE_S)
        self._queues = {
            lane: Queue(queue_name(installation, lane), connection=redis, serializer="json") for lane in Lane
        }
        self._silent_until = 0.0

    def ring(self, lane: Lane, promises: Sequence[UUID]) -> bool:
        """Enqueue a job a promise, in one round trip."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            self._queues[lane].enqueue_many([_job(one) for one in dict.fromkeys(promises)])
        except Exception:
            # Whatever it is: the change is committed, and who made it must not be told that it failed.
            self._silent_until = time.monotonic() + SILENCE_S
            log.exception("doorbell-silent", extra={"rings": len(promises)})
            return False
        return True

    def hanging(self, lane: Lane) -> Collection[UUID] | None:
        """Read the queue's ids; whatever is not ours is left out."""
        queue = self._queues[lane]
        try:
            found = queue.connection.lrange(queue.key, 0, -1)
        except (RedisError, OSError):
            return None
        named = (promise_named(as_text(one)) for one in found)
        return {one for one in named if one is not None}


def connect(url: str, patience_s: float) -> Redis:
    """Open a client that gives up instead of trying again by itself.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        patience_s: seconds to connect, and to wait for an answer.
    """
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_connect_timeout=patience_s, socket_timeout=patience_s, retry=once)


def queue_name(installation: str, lane: Lane) -> str:
    """Name the queue of a lane, so that installations can share a server without hearing each other."""
    return f"registry-{installation}-{lane.name.lower()}"


def job_id(promise: UUID) -> str:
    """Name the job that rings for a promise."""
    return f"ob-{promise}"


def promise_named(job: str) -> UUID | None:
    """Read the promise from a job's name; none when it is not a name that we give."""
    found = _OURS.fullmatch(job)
    return UUID(found[1]) if found else None


def as_text(said: bytes | str) -> str:
    """Read what Redis says, whatever bytes somebody put there."""
    return said if isinstance(said, str) else said.decode(errors="replace")


def _job(promise: UUID) -> EnqueueData:
    return Queue.prepare_data(
        FUNCTION,
        args=(str(promise),),
        job_id=job_id(promise),
        timeout=LONGEST_JOB_S,
        result_ttl=0,
        ttl=KEPT_S,
        failure_ttl=KEPT_S,
        description=job_id(promise),
    )
