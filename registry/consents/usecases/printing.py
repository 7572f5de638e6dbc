"""Forms on paper, filled in as far as the cards know: exactly those that a class still lacks."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from registry.consents.decisions import Decided, Known, as_decided, not_on_paper
from registry.consents.models.asking import Consent, consents_of_programme
from registry.consents.models.checks import papers_waiting
from registry.consents.rules.acts import last_of
from registry.consents.rules.capacity import asked_of
from registry.consents.rules.decisions import Awaited
from registry.consents.usecases.asking import ask, people_of
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.presenting import operator_of, signer_of, subject_of
from registry.documents.blocks import Block, BlockKind, Run
from registry.documents.marks import Tag
from registry.documents.paper import Asked, Form, printable_forms
from registry.people.identifiers import format_snils
from registry.people.models.persons import Person
from registry.people.models.places import School, get_school
from registry.people.usecases.looks import What, note_export
from registry.programmes.facts import Facts, Occasion
from registry.programmes.models import participation_of
from registry.programmes.rendering import render_form
from registry.programmes.rules import Means, NoticeKind, Programme, Role
from registry.programmes.templates import Block as Words
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

NOTHING_KNOWN = Known({}, {})
_LETTERS = {"snils": 14, "birth_date": 10, "phone": 16}
_BESIDE = ("birth_date", "snils", "phone", "email")


def print_missing_forms(work: Work, school_id: UUID, programme_id: str, class_id: UUID) -> bytes:
    """Make one PDF of the forms that a class lacks, a form for each awaited act; the trail says so.

    Raises:
        InvalidError: nothing is lacking.
        ConflictError: the school has not joined the programme.
    """
    decided = decisions_of_class(work, school_id, programme_id, class_id)
    ask(work, school_id, programme_id, set().union(*(people_of(one.family) for one in decided)))
    programme = participation_of(work.connection, school_id, programme_id).programme
    school = get_school(work.connection, school_id)
    consents = {one.key: one for one in consents_of_programme(work.connection, school_id, programme_id)}
    papers = papers_waiting(work.connection, school_id, programme_id)
    lacking = {one.family.student.id: silent_papers(work, programme, one, papers) for one in decided}
    forms = [
        _form(work, (school, programme), one, _consent(consents, programme, one, who), who)
        for one in decided
        for who in lacking[one.family.student.id]
    ]
    for one in decided:
        if lacking[one.family.student.id]:
            people = [one.family.student, *(tie.person for tie in one.family.guardians)]
            note_export(work, one.family, people, What.FORMS)
    made = printable_forms(forms, mark_tag(work.vault))
    about = ObjectRef("class-forms", work.new_id(), 1)
    state: dict[str, Json] = {"class": str(class_id), "programme": programme_id, "forms": len(forms)}
    work.record(Entry(EntryType.DOCUMENT_MADE, about, state, school_id))
    return made


def mark_tag(vault: Vault) -> Tag:
    """Give what makes the tags of printed pages: it is keyed, and the key is the installation's own."""
    return lambda said: vault.blind_index("paper.mark", said)


def silent_papers(
    work: Work, programme: Programme, one: Decided, papers: Mapping[UUID, frozenset[Awaited]]
) -> list[Awaited]:
    """Name every document that somebody who is awaited has not spoken on: a family brings all at once.

    What he said on a paper that waits for a second person is not printed again.
    """
    said = papers.get(one.family.student.id, frozenset())
    people = {who.person for who in not_on_paper(one, papers)}
    asked = asked_of(programme, as_decided(one.family, NOTHING_KNOWN), work.today)
    acts = sorted(one.acts.values(), key=lambda act: (act.on_day, act.recorded_at, act.id))
    return [
        Awaited(person, notice)
        for person, notice in asked
        if person in people and last_of(acts, notice, person) is None and Awaited(person, notice) not in said
    ]


def _consent(
    consents: dict[tuple[UUID, UUID, NoticeKind, str], Consent],
    programme: Programme,
    one: Decided,
    who: Awaited,
) -> Consent:
    version = programme.notice(who.notice, "").version
    return consents[who.person, one.family.student.id, who.notice, version]


def _form(work: Work, where: tuple[School, Programme], one: Decided, consent: Consent, who: Awaited) -> Form:
    school, programme = where
    family = one.family
    tie = next((held for held in family.guardians if held.person.id == who.person), None)
    signer = tie.person if tie else family.student
    occasion = Occasion(work.today, Means.PAPER, work.settings.base_url)
    facts = Facts(signer_of(signer, tie), operator_of(school), occasion, subject_of(family))
    rendered = render_form(programme, programme.notice(who.notice, ""), facts)
    subject = signer if who.notice is NoticeKind.GUARDIAN_SELF else family.student
    return Form(
        consent=consent.id,
        version=rendered.version,
        school=school.name,
        sorting=f"{family.class_name}, {family.student.full_name}",
        blocks=_blocks(rendered.blocks),
        asked=_asked(programme, subject),
    )


def _blocks(words: Sequence[Words]) -> tuple[Block, ...]:
    """Take the words over; their last line, the signature, is drawn as the form's own box."""
    said = [
        Block(BlockKind(block.kind.value), tuple(Run(span.text, span.strong) for span in block.spans))
        for block in words[:-1]
    ]
    return (*said, Block(BlockKind.SIGNATURE))


def _asked(programme: Programme, person: Person) -> tuple[Asked, ...]:
    names = {one.name for one in programme.fields.of(Role.STUDENT)}
    labels = next(iter(programme.words.values())).fields
    return tuple(
        Asked(f"{labels[name]} ({person.first_name})", _value(person, name), _LETTERS.get(name, 30))
        for name in _BESIDE
        if name in names
    )


def _value(person: Person, name: str) -> str | None:
    values = {
        "birth_date": f"{person.birth_date:%d.%m.%Y}" if person.birth_date else None,
        "snils": format_snils(person.snils) if person.snils else None,
        "phone": person.phone.value if person.phone else None,
        "email": person.email.value if person.email else None,
    }
    return values[name]
