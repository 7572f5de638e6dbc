"""One step of a case by hand: SQLAlchemy Core that writes the rows which the engine writes, and nothing else.

It asks no guard and no right, knows its two states and their deadline by heart, and takes for granted that
the definition is what it was. The trail's rows are put together here too: the trail verifies after it.
"""

import hmac
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from benchmarks.workflows.definition import ACTOR, SCHOOL, TELL, TUTOR
from registry.storage.ids import uuid7
from registry.storage.outbox import Lane, promises
from registry.storage.reach import EVERYTHING, REACH
from registry.trail.commitment import SALT_BYTES, show
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_event, trail_object, trail_pseudonym, trail_queue
from registry.work import Registry
from registry.workflows.models.tables import case_history, cases, workflow_versions

_READ = (
    select(cases, workflow_versions.c.digest)
    .join(
        workflow_versions,
        (workflow_versions.c.definition_id == cases.c.definition_id)
        & (workflow_versions.c.version == cases.c.version),
    )
    .where(cases.c.id == bindparam("one"))
)
_WRITE = (
    update(cases)
    .where(cases.c.id == bindparam("one"), cases.c.revision == bindparam("seen"))
    .values(
        state=bindparam("new_state"),
        revision=bindparam("new_revision"),
        assignee_role=TUTOR,
        assignee_person=None,
        entered_at=bindparam("new_entered_at"),
        due_at=bindparam("new_due_at"),
        due_line=bindparam("new_due_line"),
        due_turn=0,
        late_at=bindparam("new_due_at"),
        closed_at=None,
    )
)
_HEAD = (
    update(trail_object)
    .where(
        trail_object.c.kind == "case",
        trail_object.c.id == bindparam("one"),
        trail_object.c.version == bindparam("seen"),
    )
    .values(
        version=bindparam("new_version"),
        pre=trail_object.c.post,
        post=bindparam("new_post"),
        salt=bindparam("new_salt"),
        event_id=bindparam("new_event"),
    )
    .returning(trail_object.c.pre)
)
_REF = select(trail_pseudonym.c.ref).where(
    trail_pseudonym.c.subject == bindparam("who"), trail_pseudonym.c.tenant == bindparam("school")
)
_ADD = {table: insert(table) for table in (case_history, trail_event, trail_queue, promises)}


@dataclass(frozen=True, slots=True)
class Move:
    """A step: the case, the state where it goes to, and the number of the deadline that begins there."""

    case_id: UUID
    target: str
    due_line: int


def move(registry: Registry, said: Move) -> None:
    """Take a step in a transaction of its own."""
    with registry.engine.connect().execution_options(**{REACH: EVERYTHING}) as connection, connection.begin():
        _rows(registry, connection, said)


def _rows(registry: Registry, connection: Connection, said: Move) -> None:
    now, one = datetime.now(UTC), {"one": said.case_id}
    event_id, promise_id = (uuid7(int(now.timestamp() * 1000)) for _ in range(2))
    row = connection.execute(_READ, one).one()
    number = row.revision + 1
    seen = one | {"seen": row.revision}
    due = {"new_due_at": now + timedelta(hours=48), "new_due_line": said.due_line}
    new = {"new_state": said.target, "new_revision": number, "new_entered_at": now, **due}
    assert connection.execute(_WRITE, seen | new).rowcount == 1
    connection.execute(_ADD[case_history], _line(row, said, now))
    post, salt = _commitment(registry, row, said)
    head = {"new_version": number, "new_post": post, "new_salt": salt, "new_event": event_id}
    pre = connection.execute(_HEAD, seen | head).scalar_one()
    ref = connection.execute(_REF, {"who": ACTOR.id, "school": SCHOOL}).scalar_one()
    marks = {"pre": show(pre), "post": show(post)}
    obj = {"id": str(row.id), "kind": "case", "ver": number}
    leaf = _leaf(registry, {"id": str(event_id), "ts": _time(now), "obj": obj, **marks}, ref)
    connection.execute(_ADD[trail_event], {"event_id": event_id, "tenant": SCHOOL, "leaf": leaf})
    connection.execute(_ADD[trail_queue], {"event_id": event_id, "leaf_hash": leaf_hash(leaf)})
    connection.execute(_ADD[promises], _promise(row, promise_id, now))


def _line(row: Row[*tuple[Any, ...]], said: Move, now: datetime) -> dict[str, Any]:
    return {
        "case_id": row.id,
        "school_id": row.school_id,
        "number": row.revision + 1,
        "kind": "moved",
        "source": row.state,
        "target": said.target,
        "transition": f"to-{said.target}",
        "actor_kind": ACTOR.kind,
        "actor_id": ACTOR.id,
        "actor_role": ACTOR.role,
        "at": now,
    }


def _commitment(registry: Registry, row: Row[*tuple[Any, ...]], said: Move) -> tuple[bytes, bytes]:
    salt = os.urandom(SALT_BYTES)
    facts = {
        "assignee_person": None,
        "assignee_role": TUTOR,
        "closed": False,
        "definition": row.definition_id,
        "digest": row.digest,
        "revision": row.revision + 1,
        "state": said.target,
        "subject": str(row.subject_id),
        "subject_kind": row.subject_kind,
        "version": row.version,
    }
    tag = f"registry-state/v1 case {row.id} {row.revision + 1}\0".encode()
    post = hmac.digest(salt, tag + _json(facts), "sha256")
    return post, registry.vault.seal_shared("trail_object.salt/case", row.id, salt)


def _leaf(registry: Registry, said: dict[str, Any], ref: bytes) -> bytes:
    actor = {"auth": ACTOR.auth, "kind": ACTOR.kind, "ref": show(ref), "role": ACTOR.role}
    always = {"cause": None, "log": registry.trail.origin, "slots": [], "tenant": str(SCHOOL), "v": 1}
    return _json({"actor": actor, "type": "case.moved", **always, **said})


def _promise(row: Row[*tuple[Any, ...]], promise_id: UUID, now: datetime) -> dict[str, Any]:
    arguments = {"case_id": str(row.id), "subject_id": str(row.subject_id)}
    told = {"id": promise_id, "job": TELL, "arguments": arguments, "attempts": 0}
    return {**told, "due_at": now, "lane": Lane.ORDINARY}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
