"""The drafts of a file as JSON, kept while a review waits, so that nobody reads the file twice."""

import json
from datetime import date
from typing import Any

from registry.people.class_names import ClassName, parse_class_name
from registry.people.relations import Relation, RelationKind
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.findings import Finding, Level, Place
from registry.people.rosters.layout import Layout

_PLAIN = ("side", "last_name", "first_name", "middle_name", "snils", "phone", "email")


def write_drafts(layout: Layout, rows: tuple[RowDraft, ...], on: date) -> bytes:
    """Write what was read of a file, before it is compared with anything."""
    said = {
        "on": on.isoformat(),
        "unread_sheets": layout.unread_sheets,
        "unread_rows": layout.unread_rows,
        "rows": [_row_out(row) for row in rows],
    }
    return json.dumps(said, ensure_ascii=False).encode()


def read_drafts(data: bytes) -> tuple[Layout, tuple[RowDraft, ...], date]:
    """Read back what `write_drafts` wrote; the layout comes without its lines."""
    said = json.loads(data)
    unread = tuple((sheet, row) for sheet, row in said["unread_rows"])
    layout = Layout((), tuple(said["unread_sheets"]), unread)
    return layout, tuple(_row_in(row) for row in said["rows"]), date.fromisoformat(said["on"])


def _row_out(row: RowDraft) -> dict[str, Any]:
    return {
        "sheet": row.place.sheet,
        "row": row.place.row,
        "class": str(row.class_name) if row.class_name else None,
        "people": [_person_out(person) for person in row.people],
        "findings": [_finding_out(finding) for finding in row.findings],
    }


def _row_in(said: dict[str, Any]) -> RowDraft:
    place = Place(said["sheet"], said["row"])
    student, *guardians = (_person_in(person) for person in said["people"])
    findings = [_finding_in(place, finding) for finding in said["findings"]]
    return RowDraft(place, _class_in(said["class"]), student, guardians, findings)


def _class_in(said: str | None) -> ClassName | None:
    return parse_class_name(said) if said else None


def _person_out(person: PersonDraft) -> dict[str, Any]:
    born, relation = person.birth_date, person.relation
    return {name: getattr(person, name) for name in _PLAIN} | {
        "birth_date": born.isoformat() if born else None,
        "relation": [relation.kind, relation.document] if relation else None,
    }


def _person_in(said: dict[str, Any]) -> PersonDraft:
    born, relation = said["birth_date"], said["relation"]
    return PersonDraft(
        **{name: said[name] for name in _PLAIN},
        birth_date=date.fromisoformat(born) if born else None,
        relation=Relation(RelationKind(relation[0]), relation[1]) if relation else None,
    )


def _finding_out(finding: Finding) -> list[Any]:
    return [
        finding.level,
        finding.field,
        finding.code,
        finding.text,
        finding.typed,
        finding.understood,
        dict(finding.values),
    ]


def _finding_in(place: Place, said: list[Any]) -> Finding:
    level, *rest = said
    return Finding(place.sheet, place.row, Level(level), *rest)
