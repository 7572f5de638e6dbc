"""What a guardian is to a student, as a spreadsheet says it, and the document that gives the authority."""

import re
from dataclasses import dataclass
from enum import StrEnum

from registry.errors import N_, InvalidError
from registry.people.names import squeeze

_LONGEST = 300


class RelationKind(StrEnum):
    """In what capacity somebody represents a child by law."""

    MOTHER = "mother"
    FATHER = "father"
    ADOPTER = "adopter"
    GUARDIAN = "guardian"
    TRUSTEE = "trustee"
    FOSTER = "foster"
    UNSTATED = "unstated"


NEEDS_DOCUMENT = frozenset({RelationKind.GUARDIAN, RelationKind.TRUSTEE, RelationKind.FOSTER})
LABELS = {
    RelationKind.MOTHER: N_("мать"),
    RelationKind.FATHER: N_("отец"),
    RelationKind.ADOPTER: N_("усыновитель"),
    RelationKind.GUARDIAN: N_("опекун"),
    RelationKind.TRUSTEE: N_("попечитель"),
    RelationKind.FOSTER: N_("приёмный родитель"),
    RelationKind.UNSTATED: N_("не указано"),
}
# The order matters: «бабушка (опекун ...)» is a guardian, and so is «мать-опекун» of a foster child.
# Russian words and Bulgarian ones: how to fill a list is said in the reader's language.
_STEMS = tuple(
    (re.compile(rf"\b{stem}"), kind)
    for stem, kind in (
        ("усынов", RelationKind.ADOPTER),
        ("удочер", RelationKind.ADOPTER),
        ("осинов", RelationKind.ADOPTER),
        ("опекун", RelationKind.GUARDIAN),
        ("опека", RelationKind.GUARDIAN),
        ("настойни", RelationKind.GUARDIAN),
        ("попечител", RelationKind.TRUSTEE),
        ("приемн", RelationKind.FOSTER),
        ("приемен", RelationKind.FOSTER),
        ("мать", RelationKind.MOTHER),
        ("мама", RelationKind.MOTHER),
        ("матер", RelationKind.MOTHER),
        ("майка", RelationKind.MOTHER),
        ("отец", RelationKind.FATHER),
        ("папа", RelationKind.FATHER),
        ("баща", RelationKind.FATHER),
    )
)
_DOCUMENT = re.compile(
    r"(?:постановлени|решени|приказ|распоряжени|акт\b|договор|свидетельств|удостоверени).*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A capacity and the words of the document behind it, if any."""

    kind: RelationKind
    document: str | None = None

    @property
    def shown(self) -> str:
        """Words for a review: the capacity and, after it, the document."""
        label = LABELS[self.kind]
        return f"{label}; {self.document}" if self.document else label


def parse_relation(typed: str) -> Relation:
    """Read who somebody is to the child.

    Raises:
        InvalidError: `relation-long`; `relation-no-authority` for a relative who represents nobody by law.
    """
    text = squeeze(typed)
    if len(text) > _LONGEST:
        raise InvalidError(N_("Слишком длинный текст о родстве: сократите его."), code="relation-long")
    words = text.casefold().replace("ё", "е")
    document = _DOCUMENT.search(text)
    for stem, kind in _STEMS:
        if stem.search(words):
            return Relation(kind, document[0].strip(" ().;,") if document else None)
    raise InvalidError(
        N_("Не видно, что это законный представитель: мать, отец, усыновитель, опекун или попечитель."),
        code="relation-no-authority",
    )
