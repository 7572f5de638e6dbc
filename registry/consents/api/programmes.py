"""Programmes over the API: what is published, and a school's joining."""

from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import PART, programmes_room
from registry.consents.pages.room import opened_school, readable_schools, slug_of
from registry.consents.usecases import renewing
from registry.errors import N_
from registry.programmes.models import Participation, Published, latest_versions, participations_of_schools
from registry.web.api.bodies import Told
from registry.web.api.fields import Day, Id, Moment, Pairs, Text
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer
from registry.web.idempotency import once


class ProgrammeTold(Told):
    """A published programme in its latest version."""

    id = Text(attribute="programme.id")
    version = Text(attribute="programme.version")
    title = Pairs(Text(), attribute="programme.title", metadata={"description": N_("Название по языкам")})
    receiver = Text(attribute="programme.receiver.name")
    deadline = Day(attribute="programme.deadline")
    published_at = Moment()


class ParticipationTold(Told):
    """A school's part in a programme."""

    id = Id(
        attribute="version_id", metadata={"description": N_("Версия программы, в которой участвует школа")}
    )
    school_id = Id()
    programme = Text(attribute="programme.id")
    version = Text(attribute="programme.version")
    joined_at = Moment()


@programmes_room.serves("GET /programmes", N_("Опубликованные программы"))
@bearer(Action.PROGRAMME_READ)
@programmes_room.lists(ProgrammeTold, key=lambda one: one.programme.id)
def list_programmes() -> list[Published]:
    """List the published programmes."""
    with begin_reading() as reading:
        return latest_versions(reading.connection)


@programmes_room.serves("GET /participations", N_("Школы и их программы"))
@bearer(Action.PROGRAMME_READ)
@programmes_room.lists(ParticipationTold, key=lambda one: f"{one.school_id} {one.programme.id}")
def list_participations() -> list[Participation]:
    """List which of the schools open to the token's owner take part in what."""
    with begin_reading() as reading:
        schools = readable_schools(reading, Action.PROGRAMME_READ)
        return participations_of_schools(reading.connection, [one.id for one in schools])


@programmes_room.serves(f"POST {PART}/join", N_("Присоединить школу к программе"))
@bearer(Action.PROGRAMME_JOIN)
@once
@programmes_room.answers(ParticipationTold, 201)
def join(school_id: UUID, programme: str) -> Participation:
    """Let a school take part."""
    with begin_work() as work:
        opened_school(work, Action.PROGRAMME_JOIN, school_id)
        return renewing.join(work, school_id, slug_of(programme))
