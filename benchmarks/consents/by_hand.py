"""Endpoints by hand, to hold the registry's last click against: Flask, SQLAlchemy Core, and nothing else.

`ready` inserts rows whose contents nobody had to find out, and checks nothing. `same` writes the rows as they
are: it reads who signs which text under which agreement, by which name and as whose parent, seals the
evidence under his key, commits to it and writes the leaf. What no endpoint does without it does too: it holds
the form to the browser's token and the session to its age. Nothing else is checked: no second sending, no
rights, no rules, no locks, no change of the text.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Insert, Row, and_, bindparam, insert, select

from benchmarks.consents.clients import EMPTY, READY, SAME
from registry.access.models.tables import sessions
from registry.consents.models.tables import acts, consents, presentations, sittings
from registry.consents.usecases.identifying import PLACE
from registry.people.models.tables import guardianships, persons
from registry.storage.synchronised import clock_state
from registry.storage.vault import subject_keys
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_event, trail_object, trail_opening, trail_pseudonym, trail_queue
from registry.web.models import idempotency_answers
from registry.work import Registry

Contents = Mapping[str, Any]

DECLARATION = (
    "Я прочитал(а) документ целиком, понимаю его и подписываю свободно, "
    "своей волей и в своём интересе. Моя подпись – код, который я ввёл(а) в этом сеансе."
)
BUTTON = "Подписать и отправить"
_TABLES = (acts, trail_event, trail_object, trail_opening, trail_queue, idempotency_answers)
_ADD: dict[str, Insert] = {table.name: insert(table) for table in _TABLES}
_LONGEST = timedelta(hours=2)
_WHO = select(
    sessions.c.id,
    sessions.c.person_id,
    sessions.c.school_id,
    sessions.c.sitting_id,
    sessions.c.auth,
    sessions.c.created_at,
).where(sessions.c.token_hash == bindparam("token"), sessions.c.ended_at.is_(None))
_agreed = consents.alias("agreed")
_WHAT = (
    select(
        consents.c.about_id,
        consents.c.notice_version,
        persons.c.last_name,
        persons.c.first_name,
        persons.c.middle_name,
        guardianships.c.id.label("tie_id"),
        guardianships.c.version.label("tie_version"),
        guardianships.c.relation,
        presentations.c.age,
        presentations.c.text_sha256,
        presentations.c.language,
        presentations.c.served_at,
        sittings.c.code_id,
        sittings.c.identified,
        acts.c.id.label("agreement_id"),
    )
    .join(persons, persons.c.id == consents.c.signer_id)
    .join(
        guardianships,
        and_(
            guardianships.c.student_id == consents.c.about_id,
            guardianships.c.guardian_id == consents.c.signer_id,
        ),
    )
    .join(presentations, presentations.c.consent_id == consents.c.id)
    .join(sittings, sittings.c.id == presentations.c.sitting_id)
    .join(_agreed, and_(_agreed.c.signer_id == consents.c.signer_id, _agreed.c.notice == "code_agreement"))
    .join(acts, acts.c.consent_id == _agreed.c.id)
    .where(consents.c.id == bindparam("consent"), presentations.c.id == bindparam("presentation"))
)
_KEYS = (
    select(trail_pseudonym.c.subject, trail_pseudonym.c.ref, subject_keys.c.wrapped)
    .join(subject_keys, subject_keys.c.subject == trail_pseudonym.c.subject)
    .where(
        trail_pseudonym.c.tenant == bindparam("school"),
        trail_pseudonym.c.subject.in_(
            [bindparam(name, type_=trail_pseudonym.c.subject.type) for name in ("signer", "student")]
        ),
    )
)


def by_hand(registry: Registry) -> Flask:
    """Make the application of both endpoints, on the registry's own engine and keys."""
    app = Flask("by_hand")
    app.add_url_rule(EMPTY, view_func=lambda: "", endpoint="empty")

    @app.post(f"{READY}/<uuid:school_id>/<uuid:agreement_id>/<uuid:consent_id>/<uuid:presentation_id>/sign")
    def ready(**ids: UUID) -> ResponseReturnValue:
        with registry.engine.begin() as connection:
            _write(connection, _ready(ids))
        return redirect("/decided", 303)

    @app.post(f"{SAME}/<uuid:consent_id>/<uuid:presentation_id>/sign")
    def same(consent_id: UUID, presentation_id: UUID) -> ResponseReturnValue:
        answer = redirect("/decided", 303)
        with registry.engine.begin() as connection:
            rows = Same(registry, connection, consent_id, presentation_id).rows(answer.get_data())
            _write(connection, rows)
        return answer

    return app


def _write(connection: Connection, rows: Mapping[str, Contents]) -> None:
    for table, row in rows.items():
        connection.execute(_ADD[table], row)


def _ready(ids: Mapping[str, UUID]) -> dict[str, Contents]:
    """Rows of the usual sizes, filled with what is at hand."""
    now, act_id, event_id, digest = datetime.now(UTC), uuid4(), uuid4(), secrets.token_bytes(32)
    event = {"event_id": event_id, "tenant": ids["school_id"], "leaf": secrets.token_bytes(700)}
    head = {"kind": "act", "id": act_id, "version": 1, "post": digest, "event_id": event_id}
    opening = {"event_id": event_id, "slot": 0, "subject": ids["presentation_id"], "sealed": _junk(2_000)}
    return {
        "acts": _act(ids, act_id, now) | {"text_sha256": digest.hex(), "language": "ru"},
        "trail_event": event,
        "trail_object": head | {"salt": _junk(63)},
        "trail_opening": opening,
        "trail_queue": {"event_id": event_id, "leaf_hash": digest},
        "idempotency_answers": _answer(digest, now) | {"request_hash": digest, "body": _junk(220)},
    }


def _junk(size: int) -> bytes:
    return b"\x01" + secrets.token_bytes(size)


def _act(ids: Mapping[str, UUID], act_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": act_id,
        "school_id": ids["school_id"],
        "consent_id": ids["consent_id"],
        "kind": request.form["decision"],
        "capacity": "guardian",
        "means": "code",
        "on_day": now.date(),
        "recorded_at": now,
        "recorded_by": None,
        "agreement_act_id": ids["agreement_id"],
        "invalidates": None,
        "reason": None,
        "place": None,
        "presentation_id": ids["presentation_id"],
        "contact_changed": False,
    }


def _answer(scope: bytes, now: datetime) -> dict[str, Any]:
    return {
        "scope": scope,
        "key": request.form["idempotency_key"],
        "status": 303,
        "location": "/decided",
        "content_type": "text/html; charset=utf-8",
        "created_at": now,
    }


@dataclass(slots=True)
class Same:
    """The rows of one act as the registry writes them, put together by hand."""

    registry: Registry
    connection: Connection
    consent_id: UUID
    presentation_id: UUID

    def rows(self, body: bytes) -> dict[str, Contents]:
        """Read what stands in the rows, and fill them."""
        browser = request.cookies["session"]
        form_token = _text(self.registry.vault.blind_index("web.csrf", browser))
        if not hmac.compare_digest(form_token, request.form["csrf_token"]):
            abort(403)
        who = self.connection.execute(_WHO, {"token": sha256(browser.encode()).digest()}).one()
        if datetime.now(UTC) - who.created_at > _LONGEST:
            abort(403)
        asked = {"consent": self.consent_id, "presentation": self.presentation_id}
        what = self.connection.execute(_WHAT, asked).one()
        pair = {"school": who.school_id, "signer": who.person_id, "student": what.about_id}
        keys = {row.subject: row for row in self.connection.execute(_KEYS, pair)}
        ids = {
            "school_id": who.school_id,
            "agreement_id": what.agreement_id,
            "consent_id": self.consent_id,
            "presentation_id": self.presentation_id,
        }
        now, act_id, event_id = datetime.now(UTC), uuid4(), uuid4()
        act = _act(ids, act_id, now) | {"text_sha256": what.text_sha256, "language": what.language}
        post, head = self._head(act, event_id)
        commitment, opening = self._opening(event_id, who, what, keys[who.person_id].wrapped)
        refs = [_text(keys[one].ref) for one in (who.person_id, what.about_id)]
        leaf = self._leaf(act, event_id, now, (who.auth, refs, _text(post), _text(commitment)))
        vault = self.registry.vault
        said = vault.blind_index("web.once.request", repr(sorted(request.form.items())))
        kept = {
            "request_hash": said,
            "body": vault.seal_shared("idempotency_answers.body", UUID(int=0), body),
        }
        return {
            "acts": act,
            "trail_event": {"event_id": event_id, "tenant": who.school_id, "leaf": leaf},
            "trail_object": head,
            "trail_opening": opening,
            "trail_queue": {"event_id": event_id, "leaf_hash": leaf_hash(leaf)},
            "idempotency_answers": _answer(vault.blind_index("web.once.scope", str(who.person_id)), now)
            | kept,
        }

    def _head(self, act: Contents, event_id: UUID) -> tuple[bytes, dict[str, Any]]:
        salt = os.urandom(32)
        state = _json({name: value if isinstance(value, bool) else str(value) for name, value in act.items()})
        post = hmac.digest(salt, f"registry-state/v1 act {act['id']} 1\0".encode() + state, "sha256")
        sealed = self.registry.vault.seal_shared("trail_object.salt/act", act["id"], salt)
        row = {
            "kind": "act",
            "id": act["id"],
            "version": 1,
            "post": post,
            "salt": sealed,
            "event_id": event_id,
        }
        return post, row

    def _opening(
        self, event_id: UUID, who: Row[*tuple[Any, ...]], what: Row[*tuple[Any, ...]], wrapped: bytes
    ) -> tuple[bytes, dict[str, Any]]:
        vault = self.registry.vault
        key = vault.unwrap(who.person_id, wrapped)
        name = " ".join(part for part in (what.last_name, what.first_name, what.middle_name) if part)
        evidence = json.loads(vault.open(key, PLACE, who.sitting_id, what.identified)) | {
            "sitting": str(who.sitting_id),
            "code": str(what.code_id),
            "auth": who.auth,
            "notice_version": what.notice_version,
            "typed_name": request.form["full_name"],
            "address": request.remote_addr,
            "agent": request.headers["User-Agent"],
            "languages": request.headers["Accept-Language"],
            "presentation": str(self.presentation_id),
            "served_at": what.served_at.isoformat(),
            "text_sha256": what.text_sha256,
            "register_name": name,
            "name_fits": name == request.form["full_name"],
            "declaration": DECLARATION,
            "button": BUTTON,
            "decided_at": datetime.now(UTC).isoformat(),
            "clock": clock_state(),
            "retain": {
                "until": (datetime.now(UTC) + timedelta(days=1095)).date().isoformat(),
                "rule": "three-years-after-the-last-act",
            },
            "pdf_offered": False,
            "method": "typed-and-button",
            "session": str(who.id),
            "peer": request.remote_addr,
            "port": request.environ.get("REMOTE_PORT", ""),
            "rule": "mesh-2020/1.0",
            "age": what.age,
            "authority": {"id": str(what.tie_id), "version": what.tie_version, "relation": what.relation},
        }
        salt, payload = os.urandom(32), _json(evidence)
        sealed = vault.seal(key, "trail_opening.sealed/0/consent.given", event_id, salt + payload)
        tag = f"registry-slot/v1 {event_id} 0 consent.given\0".encode()
        row = {"event_id": event_id, "slot": 0, "subject": who.person_id, "sealed": sealed}
        return hmac.digest(salt, tag + payload, "sha256"), row

    def _leaf(
        self, act: Contents, event_id: UUID, now: datetime, said: tuple[str, list[str], str, str]
    ) -> bytes:
        auth, refs, post, commitment = said
        return _json(
            {
                "actor": {"auth": auth, "kind": "guardian", "ref": refs[0], "role": "guardian"},
                "cause": uuid4().hex,
                "id": str(event_id),
                "log": self.registry.trail.origin,
                "obj": {"id": str(act["id"]), "kind": "act", "ver": 1},
                "post": post,
                "pre": None,
                "slots": [{"c": commitment, "s": refs[0]}, {"c": None, "s": refs[1]}],
                "tenant": str(act["school_id"]),
                "ts": now.isoformat(timespec="milliseconds"),
                "type": "consent.given",
                "v": 1,
            }
        )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
