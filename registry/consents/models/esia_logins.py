"""Logins by ESIA as rows: begun for one browser, good once; and the sittings that they opened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from registry.consents.models.tables import consents, esia_logins, identifications
from registry.esia.rules import Began
from registry.storage.vault import Vault

_SECRETS = "esia_logins.secrets"


@dataclass(frozen=True, slots=True)
class Login:
    """A login under way; `person_id` once it is known who it is."""

    id: UUID
    scope: str
    invitation_id: UUID | None
    began: Began
    person_id: UUID | None
    entered_by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A programme of a school in which something is asked of a person."""

    school_id: UUID
    programme: str


def add_login(connection: Connection, vault: Vault, login: Login, row: Mapping[str, Any]) -> None:
    """Write a login down; `row` says for which browser and until when."""
    secret = json.dumps([login.began.state, login.began.nonce, login.began.verifier])
    values = {
        "id": login.id,
        "scope": login.scope,
        "invitation_id": login.invitation_id,
        "secrets": vault.seal_shared(_SECRETS, login.id, secret),
    }
    connection.execute(insert(esia_logins).values(**values, **row))


def forget_logins(connection: Connection, before: datetime) -> None:
    """Delete logins that were over before a time."""
    connection.execute(delete(esia_logins).where(esia_logins.c.ends_at < before))


def take_login(
    connection: Connection, vault: Vault, hashes: tuple[bytes, bytes], now: datetime
) -> Login | None:
    """Take a login out by the hashes of its state and of its browser: once, and only in its time."""
    state, browser = hashes
    good = and_(
        esia_logins.c.state_hash == state,
        esia_logins.c.browser_hash == browser,
        esia_logins.c.used_at.is_(None),
        esia_logins.c.ends_at > now,
    )
    row = connection.execute(
        update(esia_logins).where(good).values(used_at=now).returning(esia_logins)
    ).first()
    return None if row is None else _login(vault, row)


def note_person(connection: Connection, login_id: UUID, person_id: UUID, entered_by: str) -> None:
    """Note who it was that logged in."""
    known = {"person_id": person_id, "entered_by": entered_by}
    connection.execute(update(esia_logins).where(esia_logins.c.id == login_id).values(**known))


def chosen_login(connection: Connection, vault: Vault, login_id: UUID, browser: bytes) -> Login | None:
    """Read a login whose person is known and has not chosen yet, for its own browser."""
    row = connection.execute(select(esia_logins).where(_waiting(login_id, browser))).first()
    return None if row is None else _login(vault, row)


def mark_chosen(connection: Connection, login_id: UUID, browser: bytes, now: datetime) -> bool:
    """Let a login open one sitting; false when it did already, or is another browser's, or is over."""
    good = and_(_waiting(login_id, browser), esia_logins.c.ends_at > now)
    done = connection.execute(update(esia_logins).where(good).values(chosen_at=now))
    return done.rowcount == 1


def _waiting(login_id: UUID, browser: bytes) -> Any:  # noqa: ANN401 - a condition of SQL
    return and_(
        esia_logins.c.id == login_id,
        esia_logins.c.browser_hash == browser,
        esia_logins.c.person_id.is_not(None),
        esia_logins.c.chosen_at.is_(None),
    )


def asked_everywhere(connection: Connection, signer_id: UUID) -> list[Asked]:
    """Name the programmes, in every school, in which something was asked of a person."""
    query = select(consents.c.school_id, consents.c.programme).where(consents.c.signer_id == signer_id)
    return [Asked(*row) for row in connection.execute(query.distinct().order_by(*query.selected_columns))]


def add_identification(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write down that a login opened a sitting."""
    connection.execute(insert(identifications).values(**row))


def invitation_of_sitting(connection: Connection, school_id: UUID, sitting_id: UUID) -> UUID | None:
    """Name the link that goes with a sitting which a login opened."""
    query = select(identifications.c.invitation_id).where(*_of(school_id, sitting_id))
    return connection.execute(query).scalar()


def level_of_sitting(connection: Connection, school_id: UUID, sitting_id: UUID) -> str:
    """Say how far ESIA vouches for who sits there."""
    query = select(identifications.c.level).where(*_of(school_id, sitting_id))
    return str(connection.execute(query).scalar_one())


def _of(school_id: UUID, sitting_id: UUID) -> Any:  # noqa: ANN401 - conditions of SQL
    return identifications.c.school_id == school_id, identifications.c.sitting_id == sitting_id


def _login(vault: Vault, row: Row[*tuple[Any, ...]]) -> Login:
    began = Began(*json.loads(vault.open_shared(_SECRETS, row.id, row.secrets)))
    return Login(row.id, row.scope, row.invitation_id, began, row.person_id, row.entered_by or "")
