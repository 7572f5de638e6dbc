"""What a document cannot do without and the cards do not say yet."""

from registry.consents.usecases.sitting import Desk, Task
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.programmes.facts import missing_parts
from registry.programmes.templates import parse_template, places_of


def lacking_of(desk: Desk, task: Task) -> tuple[str, ...]:
    """Name the places of a document that have no value yet, as ``signer.identity_document``."""
    notice = desk.programme.notice(task.consent.notice, "")
    values = _signer_values(desk, task.family) | _student_values(task.family)
    asked = [
        place for place in places_of(parse_template(notice.text)) if place in desk.programme.consent_fields
    ]
    return tuple(place for place in asked if not _is_said(place, values.get(place, "")))


def _is_said(place: str, value: str) -> bool:
    return bool(value) and not (place.endswith("_document") and missing_parts(value))


def _signer_values(desk: Desk, family: Family | None) -> dict[str, str]:
    ties = family.guardians if family else ()
    papers = [one.authority_document for one in ties if one.person.id == desk.signer.id]
    return _values("signer", desk.signer) | {
        "signer.authority_document": "".join(one or "" for one in papers)
    }


def _student_values(family: Family | None) -> dict[str, str]:
    return _values("student", family.student) if family else {}


def _values(who: str, person: Person) -> dict[str, str]:
    return {
        f"{who}.address": person.address or "",
        f"{who}.identity_document": person.identity_document or "",
    }
