"""A person's card beside what ESIA says, in words: each field with its source and how it stands."""

from collections.abc import Mapping
from datetime import date

from registry.people.esia_match import FIELDS, Compared, Match, compare
from registry.people.identifiers import format_snils
from registry.people.models.persons import Contact, Person, Source
from registry.people.usecases.accounts import Held
from registry.web.filters import short_day

TO_SETTLE = frozenset({Match.DIFFERS, Match.KEPT, Match.NOT_HELD})


def shown_account(held: Held, sources: Mapping[str, Source]) -> dict[str, object]:
    """Lay out the account of a person and the fields, one after the other."""
    account = held.account
    said = account.said if account else None
    return {
        "state": held.state,
        "account": account,
        "said": said,
        "rows": [row_of(held.person, one, sources) for one in compare(held.person, said)] if said else [],
        "sources": {name: source_of(held.person, name, sources) for name in FIELDS},
    }


def row_of(person: Person, one: Compared, sources: Mapping[str, Source]) -> dict[str, object]:
    """Lay out one field."""
    return {
        "field": one.field,
        "card": written(one.field, one.card),
        "esia": written(one.field, one.esia),
        "match": one.match,
        "source": source_of(person, one.field, sources) if one.card else None,
        "to_settle": one.match in TO_SETTLE,
        "to_keep": one.match is Match.DIFFERS,
    }


def source_of(person: Person, name: str, sources: Mapping[str, Source]) -> Source:
    """Tell where a field came from; contacts know it themselves, and what nobody changed came with a list."""
    value = getattr(person, name)
    return value.source if isinstance(value, Contact) else sources.get(name, Source.ROSTER)


def written(name: str, value: str | None) -> str:
    """Write a value as people write it; empty where there is nothing."""
    if value is None:
        return ""
    if name == "birth_date":
        return short_day(date.fromisoformat(value))
    return format_snils(value) if name == "snils" else value
