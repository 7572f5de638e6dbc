"""The drafts of a file as JSON, kept while a review waits, so that nobody reads the file twice."""

import io
import json
import sys
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any

from registry.people.class_names import ClassName, parse_class_name
from registry.people.relations import Relation, RelationKind
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.findings import Finding, Level, Place
from registry.people.rosters.layout import Layout
from registry.storage import collector

_PLAIN = ("side", "last_name", "first_name", "middle_name", "snils", "phone", "email")
_plain = attrgetter(*_PLAIN)
_told = attrgetter("level", "field", "code", "text", "typed", "understood")


def write_drafts(layout: Layout, rows: tuple[RowDraft, ...], on: date) -> bytes:
    """Write what was read of a file, before it is compared with anything: a first line, and a line a row."""
    head = {
        "on": on.isoformat(),
        "unread_sheets": layout.unread_sheets,
        "unread_rows": layout.unread_rows,
        "unread_columns": layout.unread_columns,
    }
    out = io.BytesIO()
    for line in chain([head], map(_row_out, rows)):
        out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return out.getvalue()


@collector.at_rest()
def read_drafts(data: bytes) -> tuple[Layout, tuple[RowDraft, ...], date]:
    """Read back what `write_drafts` wrote; the layout comes without its lines."""
    lines = io.BytesIO(data)
    head = json.loads(lines.readline())
    unread = tuple((sheet, row) for sheet, row in head["unread_rows"])
    columns = tuple((sheet, words) for sheet, words in head.get("unread_columns", ()))
    layout = Layout((), tuple(head["unread_sheets"]), unread, columns)
    return layout, tuple(_row_in(json.loads(line)) for line in lines), date.fromisoformat(head["on"])


def _row_out(row: RowDraft) -> dict[str, Any]:
    return {
        "sheet": row.place.sheet,
        "row": row.place.row,
        "class": str(row.class_name) if row.class_name else None,
        "people": [_person_out(person) for person in row.people],
        "findings": [_finding_out(finding) for finding in row.findings],
    }


def _row_in(said: dict[str, Any]) -> RowDraft:
    place = Place(sys.intern(said["sheet"]), said["row"])
    student, *guardians = (_person_in(person) for person in said["people"])
    findings = [_finding_in(place, finding) for finding in said["findings"]]
    return RowDraft(place, _class_in(said["class"]), student, guardians, findings)


def _class_in(said: str | None) -> ClassName | None:
    return parse_class_name(said) if said else None


def _person_out(person: PersonDraft) -> list[Any]:
    born, relation = person.birth_date, person.relation
    return [
        *_plain(person),
        born.isoformat() if born else None,
        [relation.kind, relation.document] if relation else None,
    ]


def _person_in(said: list[Any]) -> PersonDraft:
    *plain, born, relation = said
    return PersonDraft(
        **dict(zip(_PLAIN, plain, strict=True)),
        birth_date=date.fromisoformat(born) if born else None,
        relation=Relation(RelationKind(relation[0]), relation[1]) if relation else None,
    )


def _finding_out(finding: Finding) -> list[Any]:
    values = [dict(finding.values)] if finding.values else []
    return [*_told(finding), *values]


def _finding_in(place: Place, said: list[Any]) -> Finding:
    level, about, code, text, typed, understood, *values = said
    # The words come again and again: each is kept once.
    about, code, text = sys.intern(about), sys.intern(code), sys.intern(text)
    return Finding(place.sheet, place.row, Level(level), about, code, text, typed, understood, *values)
