"""Pages of the tutor: the classes that are open to him, and one class, a row for each student."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action, may
from registry.consents.decisions import Decided, decisions_of
from registry.consents.models.checks import papers_waiting
from registry.consents.pages.room import (
    asked_participation,
    blueprint,
    own_classes,
    place_of,
    readable_schools,
)
from registry.consents.pages.rows import awaited_people, chased_row, row_of
from registry.consents.pages.words import REMINDED, STATES
from registry.consents.rules.decisions import Awaited
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.reminder_plan import Chasing, chasing_of
from registry.errors import N_, NotFoundError
from registry.people.models import places
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.programmes.models import Participation, participations_of
from registry.web import navigation
from registry.web.current import begin_reading, can, require, rights
from registry.web.doors import allowed, shows_names
from registry.web.language import in_language
from registry.web.templating import page
from registry.work import Work

navigation.add(
    navigation.Entry(
        "consents.classes",
        N_("Согласия"),
        N_("Кто уже решил, кого ждём, приглашения и бумажные бланки."),
        Action.CONSENT_READ,
        order=40,
    )
)


@blueprint.get("/consents")
@allowed(Action.CONSENT_READ)
def classes() -> ResponseReturnValue:
    """List the classes that are open to who reads, with what keeps each of them open."""
    with begin_reading() as reading:
        shown = [_school(reading, one) for one in readable_schools(reading, Action.CONSENT_READ)]
    return page("consents/classes.html", schools=shown, can_join=can(Action.PROGRAMME_JOIN), done=_done())


def _school(reading: Work, school: School) -> dict[str, object]:
    parts = participations_of(reading.connection, school.id)
    return {
        "id": school.id,
        "name": school.name,
        "programmes": [_part(reading, school, one) for one in parts],
    }


def _part(reading: Work, school: School, part: Participation) -> dict[str, object]:
    whole = may(rights(), Action.CONSENT_READ, place_of(school))
    own = own_classes(Action.CONSENT_READ, school.id)
    programme = part.programme
    if whole:
        decided = decisions_of(reading, school.id, programme.id)
    else:
        every = (decisions_of_class(reading, school.id, programme.id, one) for one in sorted(own))
        decided = [one for found in every for one in found]
    return {
        "id": programme.id,
        "title": title_of(part),
        "deadline": programme.deadline,
        "total": len(decided),
        "closed": sum(one.decision.state.closed for one in decided),
        "classes": _classes(decided),
        "can_invite": may(rights(), Action.INVITE, place_of(school)),
        "can_check": may(rights(), Action.PAPER_CHECK, place_of(school)),
    }


def _classes(decided: Sequence[Decided]) -> list[dict[str, object]]:
    grouped: dict[UUID, list[Decided]] = {}
    for one in decided:
        grouped.setdefault(one.family.class_id, []).append(one)
    return [
        {
            "id": class_id,
            "name": str(found[0].family.class_name),
            "total": len(found),
            "closed": sum(one.decision.state.closed for one in found),
            "waiting": _waiting(found),
        }
        for class_id, found in grouped.items()
    ]


def _waiting(found: Sequence[Decided]) -> list[tuple[str, int]]:
    counted = Counter(one.decision.state for one in found if not one.decision.state.closed)
    return [(gettext(STATES[state]), number) for state, number in counted.most_common()]


@blueprint.get("/consents/classes/<uuid:school_id>/<uuid:class_id>")
@shows_names
@allowed(Action.CONSENT_READ)
def show_class(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Show a class: a row for each student, the decision in words, who and what is awaited."""
    with begin_reading() as reading:
        classroom = places.get_class(reading.connection, school_id, class_id)
        school = places.get_school(reading.connection, school_id)
        require(Action.CONSENT_READ, place_of(school, class_id))
        part = asked_participation(reading, school.id)
        decided = decisions_of_class(reading, school.id, part.programme.id, class_id)
        chasing = chasing_of(reading, school_id, part.programme.id, decided)
        papers = papers_waiting(reading.connection, school_id, part.programme.id)
    saw_list(school_id, "class", class_id)
    shown = _class_shown(school, part, list(chasing.values()), papers)
    shown |= {"id": class_id, "name": str(classroom.name)}
    return page("consents/class.html", shown=shown)


def _class_shown(
    school: School,
    part: Participation,
    chasing: Sequence[Chasing],
    papers: Mapping[UUID, frozenset[Awaited]],
) -> dict[str, object]:
    decided = [one.decided for one in chasing]
    states = Counter(one.decision.state for one in decided)
    chosen = request.args.get("state", "")
    if chosen and chosen not in {str(state) for state in states}:
        raise NotFoundError(N_("Такого отбора нет: откройте класс с начала."))
    place = place_of(school, decided[0].family.class_id) if decided else place_of(school)
    return {
        "school": school.name,
        "school_id": school.id,
        "programme": part.programme.id,
        "programme_title": title_of(part),
        "deadline": part.programme.deadline,
        "total": len(decided),
        "closed": sum(one.decision.state.closed for one in decided),
        "awaited": len(awaited_people(decided, papers)),
        "filter": chosen,
        "filters": [
            {"state": str(state), "words": gettext(STATES[state]), "number": number}
            for state, number in states.most_common()
        ],
        "rows": [
            row_of(one.decided, papers) | chased_row(one)
            for one in chasing
            if not chosen or one.decided.decision.state == chosen
        ],
        "done": _done(),
        "can_invite": can(Action.INVITE, place),
        "can_print": can(Action.FORM_PRINT, place),
        "can_record": can(Action.PAPER_RECORD, place),
        "can_check": can(Action.PAPER_CHECK, place),
        "checking": bool(papers),
        "can_settle": can(Action.SUBMISSION_SIGN_OFF, place),
    }


DONE = {
    "invited": N_("Приглашения отправляются."),
    "paper": N_("Бумажное решение записано."),
    "lapsed": N_(
        "Бумажное решение записано, но на прежнем тексте: согласие на него больше не действует. "
        "Напечатайте новый бланк."
    ),
    "check": N_("Бумага внесена и ждёт проверки вторым человеком: до неё решение не считается."),
    "conflict": N_("Документ по разногласию записан."),
} | REMINDED


def _done() -> str | None:
    said = DONE.get(request.args.get("done", ""))
    return gettext(said) if said else None


def title_of(part: Participation) -> str:
    """Name a programme in the reader's language."""
    return in_language(part.programme.title)
