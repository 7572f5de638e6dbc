"""Accounts at ESIA as rows: of persons and of schools, and where fields of persons came from."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.people.esia_match import AccountState, Said
from registry.people.models.account_tables import esia_accounts, field_sources, school_accounts
from registry.people.models.persons import Source
from registry.storage.queries import Lookup
from registry.storage.vault import SubjectKey, Vault

_SAID = "esia_accounts.said"
_accounts = Lookup(select(esia_accounts), esia_accounts.c.person_id)
_school = select(school_accounts).where(school_accounts.c.school_id == bindparam("school"))


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a person's account; `source` is staff or esia."""

    person_id: UUID
    state: AccountState
    source: Source
    noted_at: datetime
    said: Said | None
    said_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class SchoolAccount:
    """What is known of a school's account as a legal entity."""

    state: AccountState
    noted_at: datetime


def accounts_of(connection: Connection, vault: Vault, ids: Collection[UUID]) -> dict[UUID, Account]:
    """Read the accounts of some people; two statements, however many they are."""
    rows = list(_accounts.rows(connection, ids))
    keys = vault.keys_of(connection, {row.person_id for row in rows if row.said is not None})
    return {
        row.person_id: Account(
            row.person_id,
            AccountState(row.state),
            Source(row.source),
            row.noted_at,
            _opened(vault, keys, row.person_id, row.said),
            row.said_at,
            row.version,
        )
        for row in rows
    }


def _opened(
    vault: Vault, keys: Mapping[UUID, SubjectKey], person_id: UUID, sealed: bytes | None
) -> Said | None:
    if sealed is None or person_id not in keys:
        return None
    said = json.loads(vault.open_text(keys[person_id], _SAID, person_id, sealed))
    return Said(
        said["values"],
        frozenset(said["verified"]),
        tuple(said["children"]),
        tuple(said["missing"]),
        said["others"],
        {name: (one[0], one[1]) for name, one in said["kept"].items()},
    )


def write_account(connection: Connection, vault: Vault, account: Account, noted_by: UUID | None) -> None:
    """Store an account, over what was known before."""
    row = {
        "person_id": account.person_id,
        "state": account.state.value,
        "source": account.source.value,
        "noted_at": account.noted_at,
        "noted_by": noted_by,
        "said": _sealed(connection, vault, account),
        "said_at": account.said_at,
        "version": account.version,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    written = dialect.insert(esia_accounts).values(**row)
    connection.execute(written.on_conflict_do_update(index_elements=["person_id"], set_=row))


def _sealed(connection: Connection, vault: Vault, account: Account) -> bytes | None:
    if account.said is None:
        return None
    said = account.said
    text = json.dumps(
        {
            "values": dict(said.values),
            "verified": sorted(said.verified),
            "children": said.children,
            "missing": said.missing,
            "others": said.others,
            "kept": {name: list(one) for name, one in said.kept.items()},
        },
        ensure_ascii=False,
    )
    return vault.seal(vault.key_of(connection, account.person_id), _SAID, account.person_id, text)


def sources_of(connection: Connection, person_id: UUID) -> dict[str, Source]:
    """Read where fields of a person came from; a field that is not in the answer came with a list."""
    mine = select(field_sources).where(field_sources.c.person_id == person_id)
    return {row.field: Source(row.source) for row in connection.execute(mine)}


def note_sources(
    connection: Connection, person_id: UUID, names: Iterable[str], told: tuple[Source, datetime]
) -> None:
    """Note where some fields of a person come from now; those of a list need no row."""
    source, now = told
    listed = sorted(names)
    mine = field_sources.c.person_id == person_id
    connection.execute(delete(field_sources).where(mine, field_sources.c.field.in_(listed)))
    rows = [
        {"person_id": person_id, "field": name, "source": source.value, "noted_at": now} for name in listed
    ]
    if rows and source is not Source.ROSTER:
        connection.execute(insert(field_sources), rows)


def school_account(connection: Connection, school_id: UUID) -> SchoolAccount | None:
    """Read what is known of a school's account; None where nobody said anything."""
    row = connection.execute(_school, {"school": school_id}).first()
    return None if row is None else SchoolAccount(AccountState(row.state), row.noted_at)


def write_school_account(connection: Connection, school_id: UUID, row: Mapping[str, object]) -> None:
    """Store what is known of a school's account, by columns."""
    changed = update(school_accounts).where(school_accounts.c.school_id == school_id).values(**row)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(school_accounts).values(school_id=school_id, **row))
