"""Documents of programmes and their versions."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.programmes import models
from registry.programmes.api.room import room
from registry.programmes.models.history import NoticeVersion, history_of
from registry.programmes.pages.notices import kinds_of
from registry.programmes.pages.room import kind_of, require_installation
from registry.programmes.rules import Notice, NoticeKind
from registry.programmes.rules.numbers import Change
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Moment, Text, Whole
from registry.web.current import begin_reading
from registry.web.doors import bearer


class ProgrammeNoticeTold(Told):
    """A document of a programme, in its version in force."""

    programme = Text()
    kind = Choice(NoticeKind)
    number = Text(metadata={"description": N_("Номер версии документа")})


class NoticeVersionTold(Told):
    """A version of a document; it never changes."""

    id = Id(attribute="version_id", metadata={"description": N_("Версия программы, в которой он появился")})
    number = Text()
    published_at = Moment()
    schools = Whole(metadata={"description": N_("Сколько школ участвует по этой версии")})
    change = Choice(Change, attribute="change.change", allow_none=True, dump_default=None)
    why = Text(attribute="change.why", allow_none=True, dump_default=None)
    asked_by = Id(attribute="change.asked_by", allow_none=True, dump_default=None)
    approved_by = Id(attribute="change.approved_by", allow_none=True, dump_default=None)


class NoticeTold(Told):
    """The words of a version in one language."""

    language = Text()
    version = Text()
    purpose = Text()
    text = Text()
    plain = Text(metadata={"description": N_("Простыми словами: стоит над документом и подписывается с ним")})
    sha256 = Text()


@room.serves("GET /notices", N_("Документы программ"))
@bearer(Action.PROGRAMME_MANAGE)
@room.lists(ProgrammeNoticeTold, key=lambda one: f"{one['programme']} {one['kind']}")
def list_notices() -> list[dict[str, Any]]:
    """List the documents of every programme."""
    require_installation()
    with begin_reading() as work:
        published = models.latest_versions(work.connection)
    return [
        {"programme": one.programme.id, "kind": kind, "number": one.programme.number_of(kind)}
        for one in published
        for kind in kinds_of(one)
    ]


@room.serves("GET /notices/<programme>/<kind>/versions", N_("Версии документа"))
@bearer(Action.PROGRAMME_MANAGE)
@room.lists(NoticeVersionTold, key=lambda one: one.version_id)
def list_notice_versions(programme: str, kind: str) -> list[NoticeVersion]:
    """List the versions of a document."""
    require_installation()
    with begin_reading() as work:
        models.latest_version(work.connection, programme)
        return history_of(work.connection, programme, kind_of(kind))


@room.serves("GET /notices/<programme>/<kind>/versions/<uuid:version_id>", N_("Текст версии на всех языках"))
@bearer(Action.PROGRAMME_MANAGE)
@room.lists(NoticeTold, key=lambda one: one.language)
def show_notice_version(programme: str, kind: str, version_id: UUID) -> list[Notice]:
    """Tell what a version says, in each language."""
    require_installation()
    with begin_reading() as work:
        models.latest_version(work.connection, programme)
        of_then = models.read_programme(work.connection, version_id)
    return [of_then.notice(kind_of(kind), language) for language in of_then.languages]
