"""What one included student is in the message: data, guardians, and the acts that allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.storage.schema import Json

FIELDS = ("last_name", "first_name", "middle_name", "birth_date", "snils", "email", "phone")


@dataclass(frozen=True, slots=True)
class Basis:
    """One act that allows the entry."""

    act_id: UUID
    notice: str
    notice_version: str
    text_sha256: str
    means: str
    on: date
    agreement_act_id: UUID | None

    def as_json(self) -> Mapping[str, Json]:
        """Write it as it stands in consents.jsonl."""
        return {
            "act_id": str(self.act_id),
            "agreement_act_id": str(self.agreement_act_id) if self.agreement_act_id else None,
            "kind": "given",
            "means": self.means,
            "notice": self.notice,
            "notice_version": self.notice_version,
            "on": self.on.isoformat(),
            "text_sha256": self.text_sha256,
        }


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian whose own consent stands: relation and the fields of the programme."""

    relation: str
    fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Included:
    """One student of the message."""

    entry_id: UUID
    class_name: str
    student: Mapping[str, str | None]
    guardians: Sequence[Guardian]
    basis: Sequence[Basis]

    def as_json(self) -> Mapping[str, Json]:
        """Write it as it stands in registry.jsonl."""
        return {
            "entry_id": str(self.entry_id),
            "class": self.class_name,
            "student": dict(self.student),
            "guardians": [{"relation": one.relation, **one.fields} for one in self.guardians],
        }

    def acts_as_json(self) -> Mapping[str, Json]:
        """Write it as it stands in consents.jsonl."""
        acts = sorted((one.as_json() for one in self.basis), key=lambda act: str(act["act_id"]))
        return {"entry_id": str(self.entry_id), "acts": acts}

    def as_rows(self) -> list[list[str]]:
        """Write it as rows of the spreadsheet: the student beside each guardian."""
        head = [str(self.entry_id), self.class_name, *_cells(self.student)]
        if not self.guardians:
            return [[*head, "", *_cells({})]]
        return [[*head, one.relation, *_cells(one.fields)] for one in self.guardians]


HEADER = [
    "entry_id",
    "class",
    *(f"student.{field}" for field in FIELDS),
    "relation",
    *(f"guardian.{field}" for field in FIELDS),
]


def _cells(fields: Mapping[str, str | None]) -> list[str]:
    return [fields.get(name) or "" for name in FIELDS]
