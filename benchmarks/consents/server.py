"""The server under measurement: the registry, and beside it the endpoints by hand, in the same processes."""

import os
import sys
from collections.abc import Callable, Iterable

from granian import Granian
from granian.constants import Interfaces

from benchmarks.consents.by_hand import by_hand
from benchmarks.consents.clients import BY_HAND
from registry.app import create_app
from registry.cli.servers import THREADS
from registry.config import load_settings
from registry.work import Registry

Wsgi = Callable[[dict[str, object], Callable[..., object]], Iterable[bytes]]

<<<<<<< HEAD
LEAF_BYTES, SEALED_BYTES, SALT_BYTES = 700, 620, 63

_add: dict[str, Insert] = {
    table.name: insert(table)
    for table in (
        acts,
        trail_event,
        trail_object,
        trail_opening,
        trail_queue,
        idempotency_answers,
    )
}


def by_hand(engine: Engine) -> Flask:
    """The endpoint by hand: takes the form apart, writes the rows, redirects; looks nothing up."""
    app = Flask("by_hand")

    @app.post(f"{BY_HAND}/<uuid:school_id>/<uuid:agreement_id>/<uuid:consent_id>/<uuid:presentation_id>/sign")
    def write(**ids: UUID) -> ResponseReturnValue:
        with engine.begin() as connection:
            _write(connection, **ids)
        return redirect("/health", 303)

    return app


def _write(
    connection: Connection, school_id: UUID, agreement_id: UUID, consent_id: UUID, presentation_id: UUID
) -> None:
    said, now = request.form, datetime.now(UTC)
    act_id, event_id, digest = uuid4(), uuid4(), secrets.token_bytes(32)
    act = {
        "id": act_id,
        "school_id": school_id,
        "consent_id": consent_id,
        "kind": said["decision"],
        "capacity": "guardian",
        "means": "code",
        "text_sha256": digest.hex(),
        "language": "ru",
        "on_day": now.date(),
        "recorded_at": now,
        "agreement_act_id": agreement_id,
        "presentation_id": presentation_id,
        "contact_changed": False,
    }
    head = {"kind": "act", "id": act_id, "version": 1, "post": digest, "event_id": event_id}
    answer = {"scope": digest, "key": said["idempotency_key"], "request_hash": digest, "status": 303}
    rows = {
        "acts": act,
        "trail_event": {"event_id": event_id, "tenant": school_id, "leaf": secrets.token_bytes(LEAF_BYTES)},
        "trail_object": {**head, "salt": _sealed(SALT_BYTES)},
        "trail_opening": {
            "event_id": event_id,
            "slot": 0,
            "subject": presentation_id,
            "sealed": _sealed(SEALED_BYTES),
        },
        "trail_queue": {"event_id": event_id, "leaf_hash": digest},
        "idempotency_answers": {**answer, "location": "/health", "created_at": now, "body": _sealed(220)},
    }
    for table, row in rows.items():
        connection.execute(_add[table], row)


def _sealed(size: int) -> bytes:
    return b"\x01" + secrets.token_bytes(size)

=======
>>>>>>> act-bench

def both() -> Wsgi:
    """Make both applications on one registry and send each request to its own."""
    registry = Registry.open(load_settings(os.environ))
    ours, theirs = create_app(registry), by_hand(registry)

    def application(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        app = theirs if str(environ["PATH_INFO"]).startswith(BY_HAND) else ours
        return app.wsgi_app(environ, start)  # type: ignore[arg-type]

    return application


if __name__ == "__main__":
    settings = load_settings(os.environ)
    Granian(
        "benchmarks.consents.server:both",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=int(sys.argv[1]),
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()
