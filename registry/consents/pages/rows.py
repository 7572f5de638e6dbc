"""Rows of the tutor's page: a decision in words and sign, who is awaited and what is missing."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from flask_babel import gettext

from registry.consents.decisions import Decided, not_on_paper
from registry.consents.pages.words import COLOURS, FIELDS, LACKS, REASONS, SIGNS, SILENCES, STATES
from registry.consents.rules.decisions import Awaited, State
from registry.consents.rules.titles import NOTICES
from registry.consents.usecases.reminder_plan import Chasing
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.web.filters import short_day


def row_of(one: Decided, papers: Mapping[UUID, frozenset[Awaited]]) -> dict[str, object]:
    """Describe one student for the table; `papers`: what was said on those that wait for a second person."""
    said = papers.get(one.family.student.id, frozenset())
    state = one.decision.state
    return {
        "student_id": one.family.student.id,
        "name": one.family.student.full_name,
        "state": gettext(STATES[state]),
        "sign": SIGNS[state],
        "colour": COLOURS[state],
        "reasons": [gettext(REASONS[reason]) for reason in one.decision.reasons],
        "awaited": _named(one, not_on_paper(one, papers)),
        "missing": _missing(one),
        "conflict": state is State.CONFLICT,
        "checking": bool(said),
        "papers": _named(one, said),
    }


def people_of(family: Family) -> dict[UUID, Person]:
    """Give everybody of a family by id."""
    return {one.id: one for one in (family.student, *(tie.person for tie in family.guardians))}


def awaited_people(decided: Iterable[Decided], papers: Mapping[UUID, frozenset[Awaited]]) -> set[UUID]:
    """Name those whose act is awaited, and who have not said it on a paper that waits."""
    return {who.person for one in decided for who in not_on_paper(one, papers)}


def _named(one: Decided, documents_of: Iterable[Awaited]) -> list[dict[str, object]]:
    people = people_of(one.family)
    documents: dict[UUID, list[str]] = {}
    for who in sorted(documents_of, key=lambda each: (each.person, each.notice)):
        documents.setdefault(who.person, []).append(gettext(NOTICES[who.notice]))
    return [
        {
            "name": people[person].full_name,
            "documents": asked,
            "reachable": bool(people[person].phone or people[person].email),
        }
        for person, asked in documents.items()
        if person in people
    ]


def _missing(one: Decided) -> list[dict[str, object]]:
    people = people_of(one.family)
    fields: dict[UUID, list[str]] = {}
    for lack in one.decision.missing:
        words = f"{gettext(FIELDS[lack.field])} – {gettext(LACKS[lack.lack])}"
        fields.setdefault(lack.person, []).append(words)
    return [{"name": people[person].full_name, "fields": said} for person, said in fields.items()]


def chased_row(chasing: Chasing) -> dict[str, object]:
    """Describe the chasing of one student for a table."""
    days = sorted({one.reminder.on_day for one in chasing.sent})
    return {
        "reminded": [short_day(day) for day in days],
        "next_on": chasing.next_on,
        "on_paper": chasing.on_paper,
        "reaches": len(chasing.reaches),
        "silence": _silence(chasing),
    }


def _silence(chasing: Chasing) -> str:
    """Say why a reminder by hand would reach nobody now; nothing where it would reach somebody."""
    if chasing.reaches or chasing.silence is None:
        return ""
    again = short_day(chasing.again_on) if chasing.again_on else ""
    return str(gettext(SILENCES[chasing.silence], day=again))


def reminders_shown(chasing: Collection[Chasing]) -> dict[str, object]:
    """Describe the chasing of a class: a row for each student who is awaited."""
    awaited = [one for one in chasing if one.decided.decision.awaited]
    rows = [{"name": one.decided.family.student.full_name} | chased_row(one) for one in awaited]
    people = {person for one in awaited for person in one.reaches}
    return {"rows": rows, "now": len(people)}
