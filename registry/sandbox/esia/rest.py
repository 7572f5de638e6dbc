"""The stand's REST answers about a person: fields only for the scopes that he allowed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.sandbox.esia.persons import Kid, Person

_Scopes = frozenset[str]


def person_json(person: Person, scopes: _Scopes) -> dict[str, Any]:
    """Give the person himself."""
    said: dict[str, Any] = {
        "stateFacts": ["EntityRoot"],
        "status": "DELETED" if person.deleted else "REGISTERED",
        "trusted": person.trusted,
        "verifying": False,
        "rfgUOperatorCheck": False,
        "containsUpCfmCode": False,
        "kidAccCreatedByParent": person.level == "KD",
        "updatedOn": 1_600_000_000,
        "rIdDoc": person.oid + 1,
        "eTag": f"{person.oid:X}",
    }
    if "fullname" in scopes:
        said |= {"firstName": person.first_name, "lastName": person.last_name}
        said |= {"middleName": person.middle_name} if person.middle_name else {}
    by_scope = {
        "birthdate": ("birthDate", person.birth_date),
        "gender": ("gender", person.gender),
        "snils": ("snils", person.snils),
        "citizenship": ("citizenship", person.citizenship),
    }
    return said | {name: value for scope, (name, value) in by_scope.items() if scope in scopes and value}


def contacts_json(person: Person, scopes: _Scopes) -> list[dict[str, Any]]:
    """Give phone and e-mail address."""
    found = []
    if person.phone and scopes & {"mobile", "contacts"}:
        found.append(_contact(person.oid * 10 + 1, "MBT", person.phone))
    if person.email and scopes & {"email", "contacts"}:
        one = _contact(person.oid * 10 + 2, "EML", person.email)
        if person.changing_to:
            one |= {"verifyingValue": person.changing_to, "vrfValStu": "VERIFYING", "isCfmCodeExpired": False}
        found.append(one)
    return found


def _contact(number: int, kind: str, said: tuple[str, str]) -> dict[str, Any]:
    return {
        "stateFacts": ["Identifiable"],
        "id": number,
        "type": kind,
        "value": said[0],
        "vrfStu": said[1],
        "eTag": f"{number:X}",
    }


def documents_json(person: Person, scopes: _Scopes) -> list[dict[str, Any]]:
    """Give the identity document."""
    if "id_doc" not in scopes:
        return []
    kind, series, number = person.document
    return [{"id": person.oid + 1, "type": kind, "series": series, "number": number, "vrfStu": "VERIFIED"}]


def kids_json(person: Person, scopes: _Scopes) -> list[dict[str, Any]]:
    """Give the children."""
    return [_kid(person.oid * 10 + place, one, scopes) for place, one in enumerate(person.kids)]


def _kid(number: int, kid: Kid, scopes: _Scopes) -> dict[str, Any]:
    said: dict[str, Any] = {"id": number}
    if "kid_fullname" in scopes:
        said |= {"firstName": kid.first_name, "lastName": kid.last_name, "middleName": kid.middle_name}
    if "kid_birthdate" in scopes:
        said["birthDate"] = kid.birth_date
    if "kid_snils" in scopes:
        said["snils"] = kid.snils
    return said


COLLECTIONS: Mapping[str, Callable[[Person, _Scopes], list[dict[str, Any]]]] = {
    "ctts": contacts_json,
    "docs": documents_json,
    "kids": kids_json,
}
EMBEDDED = {"contacts": "ctts", "documents": "docs", "kids": "kids"}


def collection_json(elements: Sequence[Mapping[str, Any]], embed: str, address: str) -> dict[str, Any]:
    """Give a collection: its elements where they are to be embedded, and their addresses otherwise."""
    shown: Sequence[Any] = elements if "elements" in embed else [f"{address}/{one['id']}" for one in elements]
    return {"stateFacts": ["hasSize"], "size": len(elements), "eTag": "1", "elements": list(shown)}


def embedded_json(person: Person, scopes: _Scopes, embed: str, address: str) -> dict[str, Any]:
    """Give the person with the collections that ``embed=(contacts.elements,...)`` names."""
    said = person_json(person, scopes)
    for word in embed.strip("()").split(","):
        name = word.partition(".")[0]
        if name in EMBEDDED:
            elements = COLLECTIONS[EMBEDDED[name]](person, scopes)
            said[name] = collection_json(elements, word, f"{address}/{EMBEDDED[name]}")
    return said
