"""What is stored of the people whom a file names, as the review needs it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from registry.people.contacts import ContactKind, contact_key
from registry.people.models.collisions import known_rows
from registry.people.models.families import Family, families_of
from registry.people.models.finding import find_by_snils, find_holders
from registry.people.models.persons import Person, load_persons
from registry.people.rosters.comparing import Stored, StoredPerson
from registry.people.rosters.crosscheck import Claim
from registry.people.rosters.drafts import PersonDraft
from registry.storage.vault import Vault

CONTESTED = ("snils", "phone", "email")
"""Fields whose values no two people share."""


def stored_for(
    connection: Connection, vault: Vault, school_id: UUID, claims: Sequence[Claim], on: date
) -> Stored:
    """Read what a review of these people must be held against: a fixed number of statements for a list."""
    here = _here(families_of(connection, vault, school_id, on))
    numbers = {claim.person.snils for claim in claims if claim.person.snils is not None}
    found = find_by_snils(connection, vault, numbers)
    decided = _decided(vault, known_rows(connection, school_id), claims)
    wanted = {*found.values(), *decided.values()} - here.keys()
    elsewhere = load_persons(connection, vault, wanted)
    known = here | {one.id: _stored(one) for one in elsewhere.values()}
    by_snils = {number: known[person_id] for number, person_id in found.items() if person_id in known}
    by_name: dict[tuple[str, str], list[StoredPerson]] = defaultdict(list)
    for one in here.values():
        by_name[one.folded].append(one)
    told = {number: known[person_id] for number, person_id in decided.items() if person_id in known}
    return Stored(by_snils, by_name, find_holders(connection, vault, _contacts(claims)), told)


def said_as(vault: Vault, field: str, person: PersonDraft) -> bytes:
    """Give the key of what a row says of somebody: a value with the name and birth date beside it."""
    value = str(getattr(person, field))
    told = [field, value if field == "snils" else contact_key(ContactKind(field), value)]
    return vault.blind_index(
        "collision.row", json.dumps([*told, *person.folded, str(person.birth_date)], ensure_ascii=False)
    )


def _decided(vault: Vault, rows: Mapping[bytes, UUID], claims: Iterable[Claim]) -> dict[int, UUID]:
    """Name whom identities of a file mean by what was decided about such rows; mostly nothing was."""
    found: dict[int, UUID] = {}
    for claim in claims if rows else ():
        for field in CONTESTED:
            if getattr(claim.person, field) is not None and claim.identity is not None:
                person_id = rows.get(said_as(vault, field, claim.person))
                if person_id is not None:
                    found[claim.identity.number] = person_id
    return found


def _contacts(claims: Iterable[Claim]) -> Iterator[tuple[ContactKind, str]]:
    for kind in ContactKind:
        told = (getattr(claim.person, kind.value) for claim in claims)
        yield from ((kind, key) for key in {contact_key(kind, value) for value in told if value is not None})


def _here(families: Iterable[Family]) -> dict[UUID, StoredPerson]:
    found: dict[UUID, StoredPerson] = {}
    for family in families:
        ties = frozenset(one.person.id for one in family.guardians)
        for guardian in family.guardians:
            found.setdefault(guardian.person.id, _stored(guardian.person, here=True))
        found[family.student.id] = _stored(
            family.student, here=True, class_name=str(family.class_name), guardians=ties
        )
    return found


def _stored(
    person: Person,
    *,
    here: bool = False,
    class_name: str | None = None,
    guardians: frozenset[UUID] = frozenset(),
) -> StoredPerson:
    return StoredPerson(
        person.id,
        person.last_name,
        person.first_name,
        person.middle_name,
        person.birth_date,
        person.snils,
        person.phone.value if person.phone else None,
        person.email.value if person.email else None,
        here,
        class_name,
        guardians,
    )
