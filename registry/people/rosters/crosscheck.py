"""The rows of a file against each other: who is who, and what two people may not share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from registry.errors import N_
from registry.people.contacts import ContactKind, contact_key
from registry.people.dates import age_on, format_date
from registry.people.identifiers import format_snils
from registry.people.relations import RelationKind
from registry.people.rosters.drafts import PersonDraft, RowDraft
from registry.people.rosters.findings import Finding, Level
from registry.people.rosters.headers import STUDENT
from registry.storage import collector

_PARENT_AT_LEAST = 14
_ADULT = 18
_DISTANT = 70
_BORN_TO = {RelationKind.MOTHER, RelationKind.FATHER}
_MOST_ROWS_NAMED = 5
_MOST_NAMESAKES = 50  # of one name and birth date: a file made to be slow must stay quick


@dataclass(slots=True)
class Identity:
    """One human being of the file: every place where he stands."""

    number: int
    claims: list["Claim"] = field(default_factory=list)

    def first(self, name: str) -> object:
        """The first value of a field that some row gives."""
        return next(
            (value for claim in self.claims if (value := getattr(claim.person, name)) is not None), None
        )

    @property
    def as_student(self) -> list["Claim"]:
        """The places where he is the student of the row."""
        return [claim for claim in self.claims if claim.person.side == STUDENT]


@dataclass(slots=True, eq=False)
class Claim:
    """A person in a row, and whom he turned out to be."""

    row: RowDraft
    person: PersonDraft
    identity: Identity | None = None

    def say(self, level: Level, name: str, code: str, text: str, **shown: str) -> None:
        """Add a finding about a field of this person."""
        self.row.say(level, f"{self.person.side}.{name}", code, text, **shown)


@collector.at_rest()
def cross_check(rows: Sequence[RowDraft], on: date) -> tuple[Claim, ...]:
    """Find out who is who over all rows; add findings for everything that people share but may not."""
    claims = tuple(Claim(row, person) for row in rows for person in row.people)
    identities = _identify(claims)
    _check_students_once(identities)
    for kind in ContactKind:
        _check_contacts(claims, kind)
    _check_one_story(identities)
    _check_families(claims, on)
    return claims


def alike(one: PersonDraft, other: PersonDraft) -> bool:
    """Whether two descriptions can be of one human: names equal, birth date and patronymic agreeing."""
    if one.folded[:2] != other.folded[:2] or not _agree(one.birth_date, other.birth_date):
        return False
    return _agree(one.folded[2] or None, other.folded[2] or None)


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _identify(claims: Sequence[Claim]) -> list[Identity]:
    identities: list[Identity] = []
    by_snils: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.person.snils is not None:
            by_snils[claim.person.snils].append(claim)
    for same in by_snils.values():
        if all(alike(same[0].person, other.person) for other in same[1:]):
            _settle(identities, same)
        else:
            _tell_shared(
                same, "snils", "snils-shared", N_("Тот же СНИЛС у другого человека, см. строки: %(rows)s.")
            )
            for claim in same:
                _settle(identities, [claim])
    _identify_the_rest(identities, [claim for claim in claims if claim.identity is None])
    return identities


def _identify_the_rest(identities: list[Identity], claims: Sequence[Claim]) -> None:
    """People without a SNILS are known by name and birth date, or by name and a contact."""
    known: dict[tuple[object, ...], list[Identity]] = defaultdict(list)
    wanted = {key for claim in claims for key in _keys(claim.person)}
    for identity in identities if wanted else ():
        for key in {key for claim in identity.claims for key in _keys(claim.person)} & wanted:
            known[key].append(identity)
    for claim in claims:
        keys = _keys(claim.person)
        hits = [
            hit
            for key in keys
            for hit in known[key][:_MOST_NAMESAKES]
            if alike(hit.claims[0].person, claim.person)
        ]
        if hits:
            claim.identity = hits[0]
            hits[0].claims.append(claim)
        else:
            fresh = _settle(identities, [claim])
            for key in keys:
                known[key].append(fresh)


def _keys(person: PersonDraft) -> list[tuple[object, ...]]:
    if not person.named:
        return []
    marks = (person.birth_date, person.phone, person.email and contact_key(ContactKind.EMAIL, person.email))
    return [(person.folded[:2], mark) for mark in marks if mark is not None]


def _settle(identities: list[Identity], claims: Iterable[Claim]) -> Identity:
    identity = Identity(len(identities), list(claims))
    for claim in identity.claims:
        claim.identity = identity
    identities.append(identity)
    return identity


def _check_students_once(identities: Sequence[Identity]) -> None:
    for identity in identities:
        if len(identity.as_student) > 1:
            about = "snils" if identity.first("snils") is not None else "last_name"
            text = N_("Этот обучающийся записан дважды, см. строки: %(rows)s.")
            _tell_shared(identity.as_student, about, "student-twice", text)


def _check_contacts(claims: Sequence[Claim], kind: ContactKind) -> None:
    holders: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        value = getattr(claim.person, kind.value)
        if value is not None:
            holders[contact_key(kind, value)].append(claim)
    for same in holders.values():
        if len({id(claim.identity) for claim in same}) > 1:
            _tell_shared(same, kind.value, f"{kind.value}-shared", _SHARED[kind])


_SHARED = {
    ContactKind.PHONE: N_(
        "Тот же телефон у другого человека, а у каждого должен быть свой, см. строки: %(rows)s."
    ),
    ContactKind.EMAIL: N_(
        "Тот же адрес почты у другого человека, а у каждого должен быть свой, см. строки: %(rows)s."
    ),
}


def _tell_shared(claims: Sequence[Claim], about: str, code: str, text: str) -> None:
    for claim in claims:
        others = [one for one in claims[: _MOST_ROWS_NAMED + 1] if one is not claim]
        finding = claim.row.place.found(
            Level.ERROR, f"{claim.person.side}.{about}", code, text, typed=_typed(claim.person, about)
        )
        claim.row.findings.append(_with_rows(finding, claim, others))


def _with_rows(finding: Finding, claim: Claim, others: Sequence[Claim]) -> Finding:
    places = dict.fromkeys(_place(claim, other) for other in others[:_MOST_ROWS_NAMED])
    return replace(finding, values={"rows": ", ".join(places)})


def _place(claim: Claim, other: Claim) -> str:
    here, there = claim.row.place, other.row.place
    if there == here:
        return N_("эта же")
    return str(there.row) if there.sheet == here.sheet else f"{there.sheet}: {there.row}"


def _typed(person: PersonDraft, about: str) -> str:
    value = getattr(person, about)
    return format_snils(value) if about == "snils" and value is not None else str(value or "")


def _check_one_story(identities: Sequence[Identity]) -> None:
    """A guardian of several students has one phone, one address and one birth date in all their rows."""
    for identity in identities:
        if len(identity.claims) > 1 and len(identity.as_student) <= 1:
            for name in ("phone", "email"):
                _check_one_value(identity, name)


def _check_one_value(identity: Identity, name: str) -> None:
    told = [claim for claim in identity.claims if getattr(claim.person, name) is not None]
    if len({contact_key(ContactKind(name), getattr(claim.person, name)) for claim in told}) > 1:
        text = N_("У этого же человека в других строках другое значение, см. строки: %(rows)s.")
        _tell_shared(told, name, f"{name}-differs", text)


def _check_families(claims: Sequence[Claim], on: date) -> None:
    students = {id(claim.row): claim for claim in claims if claim.person.side == STUDENT}
    seen: set[tuple[int, int]] = set()
    for claim in claims:
        if claim.person.side == STUDENT:
            continue
        mark = (id(claim.row), id(claim.identity))
        if mark in seen or claim.identity is students[id(claim.row)].identity:
            claim.say(
                Level.ERROR, "last_name", "guardian-twice", N_("Этот человек уже записан в этой строке.")
            )
        seen.add(mark)
        _check_ages(claim, on)


def _check_ages(claim: Claim, on: date) -> None:
    own, child = claim.person.birth_date, claim.row.student.birth_date
    if own is None:
        return
    typed = format_date(own)
    if age_on(own, on) < _ADULT:
        claim.say(
            Level.ERROR,
            "birth_date",
            "guardian-minor",
            N_("Представителю нет 18 лет: проверьте год."),
            typed=typed,
        )
    elif child is not None:
        _check_gap(claim, age_on(own, child), typed)


def _check_gap(claim: Claim, gap: int, typed: str) -> None:
    relation = claim.person.relation
    if relation is not None and relation.kind in _BORN_TO and gap < _PARENT_AT_LEAST:
        text = N_("Родитель старше ребёнка меньше чем на 14 лет: проверьте годы рождения.")
        claim.say(Level.ERROR, "birth_date", "birth-gap", text, typed=typed)
    elif gap > _DISTANT:
        text = N_("Представитель старше ребёнка больше чем на 70 лет: проверьте годы рождения.")
        claim.say(Level.WARNING, "birth_date", "birth-gap-wide", text, typed=typed)
