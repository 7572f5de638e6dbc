"""Pages of programmes: what is published, and a school's joining."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.pages.room import (
    blueprint,
    opened_school,
    place_of,
    readable_schools,
    slug_of,
    uuid_of,
)
from registry.consents.usecases import renewing
from registry.errors import N_
from registry.people.models.places import School
from registry.programmes.models import Published, latest_versions, participations_of
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, can
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.language import in_language
from registry.web.templating import page

navigation.add(
    navigation.Entry(
        "consents.programmes",
        N_("Программы"),
        N_("Какие платформы просят данные и в каких программах участвует школа."),
        Action.PROGRAMME_JOIN,
        order=35,
    )
)


@blueprint.get("/consents/programmes")
@allowed(Action.PROGRAMME_READ)
def programmes() -> ResponseReturnValue:
    """List the published programmes and the reader's schools in each."""
    with begin_reading() as reading:
        published = latest_versions(reading.connection)
        schools = readable_schools(reading, Action.PROGRAMME_READ)
        joined = {
            (school.id, part.programme.id)
            for school in schools
            for part in participations_of(reading.connection, school.id)
        }
    return page("consents/programmes.html", programmes=[_shown(one, schools, joined) for one in published])


def _shown(one: Published, schools: list[School], joined: set[tuple[UUID, str]]) -> dict[str, object]:
    programme = one.programme
    return {
        "id": programme.id,
        "title": in_language(programme.title),
        "receiver": programme.receiver.name,
        "deadline": programme.deadline,
        "version": programme.version,
        "schools": [
            {
                "id": school.id,
                "name": school.name,
                "joined": (school.id, programme.id) in joined,
                "can_join": can(Action.PROGRAMME_JOIN, place_of(school)),
            }
            for school in schools
        ],
    }


@blueprint.post("/consents/programmes/<programme>/join")
@allowed(Action.PROGRAMME_JOIN)
@once
def join(programme: str) -> ResponseReturnValue:
    """Let a school take part."""
    with begin_work() as work:
        school = opened_school(work, Action.PROGRAMME_JOIN, uuid_of(request.form.get("school_id", "")))
        renewing.join(work, school.id, slug_of(programme))
    return redirect(url_for("consents.programmes"), 303)
