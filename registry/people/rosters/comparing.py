"""A checked file against what is stored: new, changed or the same, and what belongs to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from registry.errors import N_
from registry.people.contacts import ContactKind, contact_key
from registry.people.dates import format_date
from registry.people.identifiers import format_snils
from registry.people.names import fold
from registry.people.rosters.crosscheck import Claim, Identity
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.findings import Level, worst
from registry.people.rosters.headers import STUDENT

COMPARED = ("last_name", "first_name", "middle_name", "birth_date", "snils", "phone", "email")


class RowState(StrEnum):
    """What approving a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A stored person as far as a review needs him; `here` when he belongs to the reviewing school."""

    id: UUID
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date | None
    snils: str | None
    phone: str | None
    email: str | None
    here: bool
    class_name: str | None = None
    guardians: frozenset[UUID] = frozenset()

    @property
    def folded(self) -> tuple[str, str]:
        """The name in the form that is compared."""
        return fold(self.last_name), fold(self.first_name)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of the people whom a file names; empty where there is no database.

    Attributes:
        known: whom an identity of the file means, where it was decided that he is somebody who is stored.
    """

    by_snils: Mapping[str, StoredPerson] = field(default_factory=dict)
    by_name: Mapping[tuple[str, str], Sequence[StoredPerson]] = field(default_factory=dict)
    holders: Mapping[tuple[ContactKind, str], UUID] = field(default_factory=dict)
    known: Mapping[int, StoredPerson] = field(default_factory=dict)

    def holder_of(self, name: str, value: str) -> UUID | None:
        """Who holds a SNILS, a phone or an e-mail address."""
        if name == "snils":
            return self.by_snils[value].id if value in self.by_snils else None
        kind = ContactKind(name)
        return self.holders.get((kind, contact_key(kind, value)))


Matches = Mapping[int, StoredPerson]


def compare(claims: Sequence[Claim], stored: Stored) -> Matches:
    """Find the stored person of each identity; add findings about numbers and contacts that others hold."""
    matches = _find_stored(claims, stored)
    for claim in claims:
        for kind in ContactKind:
            _check_holder(claim, kind, stored, matches)
        _fill_from_stored(claim, matches)
    return matches


def _find_stored(claims: Sequence[Claim], stored: Stored) -> dict[int, StoredPerson]:
    matches: dict[int, StoredPerson] = {}
    student: StoredPerson | None = None
    for claim in claims:
        number = _identity(claim).number
        if number not in matches:
            found = _match(claim, student, stored)
            if found is not None:
                matches[number] = found
        if claim.person.side == STUDENT:  # stands before the guardians of its row
            student = matches.get(number)
    return matches


def _identity(claim: Claim) -> Identity:
    assert claim.identity is not None  # noqa: S101 - the cross check gives every claim one
    return claim.identity


def _match(claim: Claim, student: StoredPerson | None, stored: Stored) -> StoredPerson | None:
    identity = _identity(claim)
    snils = identity.first("snils")
    known = stored.by_snils.get(str(snils)) if snils is not None else None
    decided = _decided(identity, stored)
    if known is None:
        return decided or _namesake(claim, student, stored)
    if known == decided or _may_be(claim.person, known):
        return known
    text = N_("Этот СНИЛС уже записан за другим человеком: сверьте номер с документом.")
    if claim is identity.claims[0]:
        for one in identity.claims:
            one.say(Level.ERROR, "snils", "snils-taken", text, typed=format_snils(str(snils)))
    return None


def _decided(identity: Identity, stored: Stored) -> StoredPerson | None:
    """Give whom it was decided that he is; not where a number speaks against it since."""
    known = stored.known.get(identity.number)
    return known if known is not None and _agree(identity.first("snils"), known.snils) else None


def _namesake(claim: Claim, student: StoredPerson | None, stored: Stored) -> StoredPerson | None:
    """Find somebody of this school by name: the birth date tells, or else the class or the child."""
    told = claim.person
    for one in stored.by_name.get(told.folded[:2], ()):
        middle = fold(one.middle_name) if one.middle_name else None
        if not (_agree(told.snils, one.snils) and _agree(told.folded[2] or None, middle)):
            continue
        if told.birth_date is not None and one.birth_date is not None:
            related = told.birth_date == one.birth_date
        elif told.side == STUDENT:
            related = one.class_name is not None and one.class_name == str(claim.row.class_name)
        else:
            related = student is not None and one.id in student.guardians
        if related:
            return one
    return None


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _may_be(person: PersonDraft, known: StoredPerson) -> bool:
    """A surname may change; the first name and the birth date tell people apart. Elsewhere all must agree."""
    same_birth = (
        known.birth_date is None or person.birth_date is None or known.birth_date == person.birth_date
    )
    same_names = person.folded[:2] == known.folded
    if known.here:
        return same_birth and (same_names or person.folded[1] == known.folded[1])
    return same_names and known.birth_date is not None and known.birth_date == person.birth_date


def _check_holder(claim: Claim, kind: ContactKind, stored: Stored, matches: Matches) -> None:
    value = getattr(claim.person, kind.value)
    holder = stored.holders.get((kind, contact_key(kind, value))) if value is not None else None
    own = matches.get(_identity(claim).number)
    if holder is not None and (own is None or own.id != holder):
        claim.say(Level.ERROR, kind.value, f"{kind.value}-taken", _TAKEN[kind], typed=value)


_TAKEN = {
    ContactKind.PHONE: N_("Этот телефон уже записан за другим человеком, а у каждого должен быть свой."),
    ContactKind.EMAIL: N_("Этот адрес почты уже записан за другим человеком, а у каждого должен быть свой."),
}


def _fill_from_stored(claim: Claim, matches: Matches) -> None:
    """What the file leaves out but the registry knows is not missing."""
    known = matches.get(_identity(claim).number)
    if known is None or not known.here:
        return
    held = {f"{claim.person.side}.{name}" for name in COMPARED if getattr(known, name) is not None}
    claim.row.findings[:] = [
        one
        for one in claim.row.findings
        if not (one.level is Level.INCOMPLETE and one.code.endswith("-missing") and one.field in held)
    ]


def state_of(row: RowDraft, claims: Sequence[Claim], matches: Matches) -> RowState:
    """Tell what approving the row would do, and say in findings which fields would change."""
    known = {claim.person.side: matches.get(_identity(claim).number) for claim in claims}
    student = known[STUDENT]
    if student is None or not student.here or student.class_name is None:
        return RowState.NEW
    changed = [_say_changes(claim, known[claim.person.side]) for claim in claims]
    moved = row.class_name is not None and str(row.class_name) != student.class_name
    if moved:
        text = N_("Обучающийся перейдёт в другой класс.")
        row.say(
            Level.OK, "class", "class-changed", text, typed=student.class_name, understood=str(row.class_name)
        )
    guardians = {one.id for side, one in known.items() if side != STUDENT and one is not None}
    linked = guardians <= student.guardians
    return RowState.CHANGED if any(changed) or moved or not linked else RowState.SAME


def _say_changes(claim: Claim, known: StoredPerson | None) -> bool:
    if known is None:
        return True
    names = [name for name in COMPARED if _differs(getattr(claim.person, name), getattr(known, name))]
    for name in names if known.here and worst(tuple(claim.row.findings)) is not Level.ERROR else ():
        old, new = (_shown(name, getattr(of, name)) for of in (known, claim.person))
        claim.say(Level.OK, name, "will-change", N_("Запись изменится."), typed=old, understood=new)
    return bool(names) and known.here


def _differs(told: object, held: object) -> bool:
    return told is not None and told != held


def _shown(name: str, value: object) -> str:
    if isinstance(value, date):
        return format_date(value)
    return format_snils(str(value)) if name == "snils" and value is not None else str(value or "")
