"""The world as the matrix asks it: nothing that a request writes stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import Connection, event

from registry.work import Registry
from tests.access.matrix.world import Values, World


@dataclass(frozen=True)
class Stage:
    """The installation as the matrix asks it: the application, everybody by letter, and fixed values."""

    app: Flask
    world: World
    askers: dict[str, Any]
    fixed: Values
    nameless: Any
    """An auditor who has stated no purpose."""
    heard: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """Answers that were heard before: nothing that a request writes stays, so that each is asked for once."""


def missing() -> Values:
    """Fill every id of an address with one that nobody has."""
    names = (
        "school_id class_id person_id student_id guardian_id signer_id batch_id submission_id case_id key_id "
        "consent_id presentation_id act_id session_id promise_id event_id token_id"
    )
    return {name: uuid4() for name in names.split()} | {"token": "A" * 22, "code": "no-such-school"}


@contextmanager
def hold_still(registry: Registry) -> Iterator[None]:
    """Let nothing stay of what is written inside: each transaction is rolled back where it would commit."""

    def undo(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.rollback()

    event.listen(registry.engine, "commit", undo)
    try:
        yield
    finally:
        event.remove(registry.engine, "commit", undo)
