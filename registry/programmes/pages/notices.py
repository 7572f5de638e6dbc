"""Documents as operators see them: which there are, in which version, and what the versions say."""

from collections.abc import Mapping
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models import users
from registry.access.rules import Action, Place
from registry.errors import N_
from registry.programmes import models
from registry.programmes.drafts.rules import Draft
from registry.programmes.drafts.sample import SAMPLE
from registry.programmes.models import Published
from registry.programmes.models.history import history_of
from registry.programmes.pages.room import CHANGES, STATES, blueprint, kind_of, require_installation
from registry.programmes.rendering import render_form
from registry.programmes.rules import NoticeKind, Programme
from registry.programmes.rules.titles import LANGUAGES, NOTICES
from registry.web import navigation
from registry.web.current import begin_reading
from registry.web.doors import allowed
from registry.web.language import language
from registry.web.templating import page

navigation.add(
    navigation.Entry(
        "programmes.notices",
        N_("Тексты согласий"),
        N_("Документы, которые подписывают семьи: действующие версии, черновики, публикация вдвоём."),
        Action.PROGRAMME_MANAGE,
        order=81,
        place=Place(),
    )
)


@blueprint.get("/notices")
@allowed(Action.PROGRAMME_MANAGE)
def notices() -> ResponseReturnValue:
    """List the documents of every programme with their versions in force, and the drafts."""
    require_installation()
    with begin_reading() as work:
        published = models.latest_versions(work.connection)
        drafts = {(one.programme, one.kind): one for one in models.open_drafts(work.connection)}
    rows = [_shown(one, drafts) for one in published]
    return page("programmes/notices.html", programmes=rows, states=STATES)


def _shown(published: Published, drafts: Mapping[tuple[str, NoticeKind], Draft]) -> dict[str, object]:
    programme = published.programme
    documents = [
        (kind, gettext(NOTICES[kind]), programme.number_of(kind), drafts.get((programme.id, kind)))
        for kind in kinds_of(published)
    ]
    return {"programme": programme.id, "title": title_of(programme), "documents": documents}


@blueprint.get("/notices/<programme>/<kind>")
@allowed(Action.PROGRAMME_MANAGE)
def notice(programme: str, kind: str) -> ResponseReturnValue:
    """Show one document: its versions, how each came, and how many schools go by it."""
    require_installation()
    named = kind_of(kind)
    with begin_reading() as work:
        present = models.latest_version(work.connection, programme)
        held = history_of(work.connection, programme, named)
        made = [one.change for one in held if one.change]
        people = frozenset(one for each in made for one in (each.asked_by, each.approved_by) if one)
        names = users.names_of(work.connection, people)
        draft = models.open_draft(work.connection, programme, named)
    return page(
        "programmes/notice.html",
        programme=programme,
        programme_title=title_of(present.programme),
        kind=named,
        title=gettext(NOTICES[named]),
        number=present.programme.notice(named, "").version,
        held=held,
        names=names,
        draft=draft,
        states=STATES,
        changes=CHANGES,
    )


@blueprint.get("/notices/<programme>/<kind>/versions/<uuid:version_id>")
@allowed(Action.PROGRAMME_MANAGE)
def version_text(programme: str, kind: str, version_id: UUID) -> ResponseReturnValue:
    """Show the text of a version as a signer sees it, with invented people, and as it is written."""
    require_installation()
    named = kind_of(kind)
    with begin_reading() as work:
        of_then = models.read_programme(work.connection, version_id)
    shown = of_then.notice(named, request.args.get("language", ""))
    return page(
        "programmes/version_text.html",
        programme=programme,
        kind=named,
        version_id=version_id,
        title=gettext(NOTICES[named]),
        notice=shown,
        blocks=render_form(of_then, shown, SAMPLE).blocks,
        tongues={one: LANGUAGES[one] for one in of_then.languages},
    )


def kinds_of(published: Published) -> list[NoticeKind]:
    """Name the documents of a programme, in their order."""
    return list(dict.fromkeys(one.kind for one in published.programme.notices))


def title_of(programme: Programme) -> str:
    """Give a programme's title in the reader's language, or in its first one."""
    return programme.title.get(language()) or next(iter(programme.title.values()))
