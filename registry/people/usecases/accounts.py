"""Accounts at ESIA: what ESIA said after a login, what staff know, and differences settled by a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError
from registry.esia.rules import Child, Profile
from registry.people.contacts import ContactKind, contact_key
from registry.people.esia_match import (
    AccountState,
    Compared,
    Match,
    Said,
    compare,
    differing,
    is_same_person,
    plain_field,
    same_value,
    values_of,
    verified_of,
)
from registry.people.models import accounts, finding
from registry.people.models.accounts import Account
from registry.people.models.families import Family, families_with
from registry.people.models.persons import Confirmed, Person, Source, get_person
from registry.people.usecases.contacts import confirm_contact, set_contact
from registry.people.usecases.corrections import Correction, correct_from_esia
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

KIND = "esia-account"


def find_person(work: Work, profile: Profile) -> Person | None:
    """Find the one person whose SNILS, name and birth date an account has; none otherwise."""
    if profile.snils is None:
        return None
    found = finding.find_by_snils(work.connection, work.vault, [profile.snils]).get(profile.snils)
    if found is None:
        return None
    person = get_person(work.connection, work.vault, found)
    return person if is_same_person(person, profile) else None


def keep_said(work: Work, person: Person, profile: Profile) -> Account:
    """Store what ESIA said of a person at his login; a verified contact that fits, or was lacking, counts.

    What differs is stored beside the card and stays there until somebody settles it; nothing is written over.
    """
    _confirm_contacts(work, person, profile)
    before = accounts.accounts_of(work.connection, work.vault, [person.id]).get(person.id)
    families = families_with(work.connection, work.vault, person.id, work.today)
    said = _said(profile, person.id, families, before)
    made = Account(
        person.id, AccountState.CONFIRMED, Source.ESIA, work.now, said, work.now, _next_version(before)
    )
    accounts.write_account(work.connection, work.vault, made, None)
    now = get_person(work.connection, work.vault, person.id)
    told = {"differs": [one.field for one in differing(now, said)], "missing": len(said.missing)}
    _record(work, EntryType.ESIA_TOLD, made, told)
    return made


def _said(profile: Profile, person_id: UUID, families: Iterable[Family], before: Account | None) -> Said:
    wards = [one.student for one in families if one.student.id != person_id]
    known = {str(one.id) for one in wards if any(_is_child(one, child) for child in profile.children)}
    missing = sorted({str(one.id) for one in wards} - known) if profile.children else []
    return Said(
        values_of(profile),
        verified_of(profile),
        tuple(sorted(known)),
        tuple(missing),
        max(0, len(profile.children) - len(known)),
        before.said.kept if before and before.said else {},
    )


def _is_child(student: Person, child: Child) -> bool:
    """Hold a student against a child of ESIA: by SNILS where both have one, or by name and birth date."""
    if student.snils and child.snils:
        return student.snils == child.snils
    name = child.first_name
    fits = name is not None and same_value("first_name", student.first_name, name)
    return fits and student.birth_date is not None and student.birth_date == child.birth_date


def _confirm_contacts(work: Work, person: Person, profile: Profile) -> None:
    values, verified = values_of(profile), verified_of(profile)
    for kind in ContactKind:
        value = values.get(kind.value)
        if value is None or kind.value not in verified:
            continue
        held = plain_field(person, kind.value)
        if held is None and _is_free(work, kind, value):
            set_contact(work, get_person(work.connection, work.vault, person.id), kind, value, Source.ESIA)
            held = value
        if held is not None and same_value(kind.value, held, value):
            confirm_contact(work, person.id, kind, Confirmed.ESIA)


def _is_free(work: Work, kind: ContactKind, value: str) -> bool:
    wanted = (kind, contact_key(kind, value))
    return not finding.find_holders(work.connection, work.vault, [wanted])


def note_state(work: Work, school_id: UUID, person_id: UUID, state: AccountState) -> None:
    """Write down what staff know of a person's account."""
    before = accounts.accounts_of(work.connection, work.vault, [person_id]).get(person_id)
    said, said_at = (before.said, before.said_at) if before else (None, None)
    made = Account(person_id, state, Source.STAFF, work.now, said, said_at, _next_version(before))
    accounts.write_account(work.connection, work.vault, made, work.actor.id)
    _record(work, EntryType.ESIA_STATE_CHANGED, made, {}, school_id)


def take_from_esia(work: Work, school_id: UUID, person_id: UUID, field: str) -> Correction:
    """Write ESIA's value onto the card, because somebody said so; a verified contact is confirmed by it.

    Raises:
        ConflictError: there is nothing to take. InvalidError: the value does not fit the field's rule.
    """
    account, one = _asked(work, person_id, field)
    if one.esia is None or account.said is None:
        raise _nothing()
    done = correct_from_esia(work, school_id, person_id, {field: one.esia})
    if done.collision is None and field in account.said.verified:
        confirm_contact(work, person_id, ContactKind(field), Confirmed.ESIA)
    after = replace(account, version=account.version + 1)
    accounts.write_account(work.connection, work.vault, after, work.actor.id)
    _settled(work, after, (school_id, field, Source.ESIA))
    return done


def keep_card(work: Work, school_id: UUID, person_id: UUID, field: str) -> None:
    """Leave the card's value as it is, because somebody said so: the difference is shown as settled.

    It is open again as soon as either side says something else.

    Raises:
        ConflictError: nothing differs there.
    """
    account, one = _asked(work, person_id, field)
    if one.match is not Match.DIFFERS or one.card is None or one.esia is None or account.said is None:
        raise _nothing()
    kept = {**account.said.kept, field: (one.card, one.esia)}
    after = replace(account, said=replace(account.said, kept=kept), version=account.version + 1)
    accounts.write_account(work.connection, work.vault, after, work.actor.id)
    _settled(work, after, (school_id, field, Source.ROSTER))


def _asked(work: Work, person_id: UUID, field: str) -> tuple[Account, Compared]:
    account = accounts.accounts_of(work.connection, work.vault, [person_id]).get(person_id)
    if account is None or account.said is None:
        raise _nothing()
    person = get_person(work.connection, work.vault, person_id)
    found = [one for one in compare(person, account.said) if one.field == field]
    if not found:
        raise InvalidError(N_("Такого поля нет."), code="no-field")
    return account, found[0]


def _settled(work: Work, account: Account, what: tuple[UUID, str, Source]) -> None:
    school_id, field, chosen = what
    _record(work, EntryType.ESIA_SETTLED, account, {"field": field, "chosen": chosen.value}, school_id)


def _record(
    work: Work,
    kind: EntryType,
    account: Account,
    said: Mapping[str, object],
    school_id: UUID | None = None,
) -> None:
    about = ObjectRef(KIND, account.person_id, account.version)
    state = {"state": account.state.value, "source": account.source.value}
    slot = Slot(account.person_id, dict(said))  # type: ignore[arg-type]  # JSON by the callers above
    work.record(Entry(kind, about, state, school_id or work.actor.school, (slot,)))


def _next_version(before: Account | None) -> int:
    return 1 if before is None else before.version + 1


def _nothing() -> ConflictError:
    return ConflictError(N_("Здесь больше нечего сверять: откройте карточку снова."), code="nothing-differs")


@dataclass(frozen=True, slots=True)
class Held:
    """A person with his account, if anything is known of it, and the fields that differ."""

    person: Person
    account: Account | None

    @property
    def state(self) -> AccountState:
        """What is known of the account."""
        return self.account.state if self.account else AccountState.UNKNOWN

    @property
    def differs(self) -> list[Compared]:
        """The fields that somebody has to decide about."""
        said = self.account.said if self.account else None
        return differing(self.person, said) if said else []


def held_of(work: Work, people: Iterable[Person]) -> dict[UUID, Held]:
    """Put people together with their accounts; two statements."""
    known = {one.id: one for one in people}
    found = accounts.accounts_of(work.connection, work.vault, known)
    return {key: Held(one, found.get(key)) for key, one in known.items()}


def note_school_state(work: Work, school_id: UUID, state: AccountState) -> None:
    """Write down what is known of the school's own account as a legal entity."""
    row = {"state": state.value, "noted_at": work.now, "noted_by": work.actor.id}
    accounts.write_school_account(work.connection, school_id, row)
    about = ObjectRef("school-account", work.new_id(), 1)
    said = {"school": str(school_id), "state": state.value}
    work.record(Entry(EntryType.ESIA_STATE_CHANGED, about, said, school_id))


def lacks_account(work: Work, school_id: UUID) -> bool:
    """Tell whether no confirmed account of a school as a legal entity is known."""
    found = accounts.school_account(work.connection, school_id)
    return found is None or found.state is not AccountState.CONFIRMED
