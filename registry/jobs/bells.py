"""RQ's worker as ours: Redis says the id of a promise, and nothing else that stands in it is read or obeyed.

RQ would call whatever function a job in Redis names. Ours never looks at a job's data: the id is in the
queue, what to do is in the outbox. Results, failures and retries stand in the outbox as well.

RQ's `SimpleWorker`, which works in its own process: four times as fast as one that forks a process a job, and
connections to database and mail server stay open. A job that takes its process with it is taken up again when
its lease ends, and the process is started again by whoever watches it.
"""

import logging
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import Job
from rq.utils import current_timestamp, now

from registry.storage.redis_doorbell import FUNCTION, KEPT_S, LONGEST_JOB_S, as_text, promise_named

SIGN_OF_LIFE_S = 20
"""RQ waits 15 s less than this for a job, and 5 s less for an answer."""

log = logging.getLogger(__name__)


class Bell(Job):
    """A job that is made from its id alone."""

    promise: UUID
    answer: Callable[[UUID], object]

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> "Bell":  # noqa: A002, ANN401 - RQ's own signature
        """Make the job that an id in the queue stands for.

        Raises:
            NoSuchJobError: it is not an id that we give; RQ passes over it.
        """
        promise = promise_named(id)
        if promise is None:
            log.warning("bell-not-ours")
            raise NoSuchJobError
        bell = cls(id, connection, serializer)
        bell.promise = promise
        bell.func_name, bell.args = FUNCTION, (str(promise),)
        bell.timeout, bell.result_ttl, bell.failure_ttl = LONGEST_JOB_S, 0, KEPT_S
        return bell

    def perform(self) -> None:
        """Keep the promise, if it is due; whatever goes wrong is noted, and it is rung for again."""
        try:
            self.answer(self.promise)
        except Exception:
            log.exception("bell-not-answered", extra={"promise": str(self.promise)})


class BellQueue(Queue):
    """A queue whose entries may be any bytes."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> tuple[str, str] | None:
        """Take the next id; one that is no text becomes one that is not ours."""
        found = super().lmove(connection, queue_key, timeout)
        return None if found is None else (queue_key, as_text(found[1]))


class BellWorker(SimpleWorker):
    """Answers the bells of one queue until it is asked to stop, or Redis is gone."""

    queue_class = BellQueue
    job_class = Bell
    log_result_lifespan = False

    def __init__(self, queue: Queue, answer: Callable[[UUID], object], stop: threading.Event) -> None:
        """Make the worker.

        Args:
            queue: the one queue that it listens to: RQ takes from a single one without losing what it holds.
            answer: called with the id of each promise.
            stop: set when somebody asks the process to end.
        """
        self._answer = answer
        self._stop = stop
        super().__init__(
            [queue],
            connection=queue.connection,
            serializer="json",
            worker_ttl=SIGN_OF_LIFE_S,
            log_job_description=False,
        )

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Hand the bell what it calls; RQ's own notes on it begin anew, whatever stood in their place."""
        if isinstance(job, Bell):
            self.connection.delete(job.key)
            job.answer = self._answer
            job.origin = queue.name
            super().execute_job(job, queue)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:  # noqa: ANN401 - RQ's own signature
        """Give a sign of life; without Redis the worker ends, so that its process can go on without.

        It ends also when it was asked to before RQ listened to signals.
        """
        if pipeline is None and self._stop.is_set():
            raise StopRequested
        try:
            super().heartbeat(timeout, pipeline)
        except RedisError:
            raise StopRequested from None

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job under way."""
        self._stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def set_shutdown_requested_date(self) -> None:
        """Tell nobody: a Redis that does not answer must not break into the job under way."""

    def subscribe(self) -> None:
        """Take no orders from Redis."""

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 - RQ's own signature
        """Take no orders from Redis."""

    def clean_group_registries(self) -> None:
        """There are no groups."""

    def clean_registries(self) -> None:
        """Drop what killed workers left; the outbox knows what they did not do."""
        for queue in self.queues:
            started = queue.started_job_registry
            self.connection.delete(queue.intermediate_queue_key)
            self.connection.zremrangebyscore(started.key, 0, current_timestamp())
        self.last_cleaned_at = now()  # type: ignore[assignment]
