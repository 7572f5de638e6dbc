"""Definitions as administrators edit them: versions of each, and a draft with what the checks find in it."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from registry.access.models import users
from registry.access.rules import Action, Place
from registry.errors import N_, InvalidError, NotFoundError
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, require, signed_in
from registry.web.doors import allowed
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work
from registry.workflows import models, versions
from registry.workflows.definition import Definition
from registry.workflows.definition.parse import LONGEST_FILE
from registry.workflows.drafts import usecases
from registry.workflows.drafts.checking import drawable
from registry.workflows.drafts.rules import Draft, DraftState
from registry.workflows.drafts.usecases import Looked
from registry.workflows.drawing import draw
from registry.workflows.pages.room import blueprint, done_words
from registry.workflows.pages.saying import rows_of, shown_findings


def _waiting() -> navigation.Waits:
    """Count what colleagues ask to be published."""
    with begin_reading() as work:
        return navigation.Waits(sum(map(_waits, models.open_drafts(work.connection))))


def _waits(draft: Draft) -> bool:
    """Say whether a draft waits for who asks: a colleague wants it published."""
    return draft.state is DraftState.PROPOSED and draft.asked_by != signed_in().session.user_id


navigation.add(
    navigation.Entry(
        "workflows.definitions",
        N_("Описания процессов"),
        N_("Сроки, напоминания, тексты и шаги процессов: действующие версии, черновики, публикация вдвоём."),
        Action.DEFINITION_MANAGE,
        order=82,
        place=Place(),
        waiting=_waiting,
    )
)

STATES = {
    DraftState.DRAFTING: (N_("черновик"), "yellow"),
    DraftState.PROPOSED: (N_("ждёт второго сотрудника"), "purple"),
    DraftState.PUBLISHED: (N_("опубликован"), "green"),
    DraftState.DROPPED: (N_("удалён"), "grey"),
}


def require_installation() -> None:
    """Let through only who keeps the definitions of the whole installation: they are the same for all."""
    require(Action.DEFINITION_MANAGE, Place())


def newer_file(work: Work, definition_id: str) -> versions.Newer:
    """Give the shipped definition that waits to be taken.

    Raises:
        NotFoundError: none waits.
    """
    found = versions.newer(work.connection, versions.shipped()).get(definition_id)
    if found is None:
        raise NotFoundError(N_("Новой версии от разработчиков у этого процесса нет."), code="no-newer")
    return found


@blueprint.get("/definitions")
@allowed(Action.DEFINITION_MANAGE)
def definitions() -> ResponseReturnValue:
    """List the definitions with their versions in force, and the drafts."""
    require_installation()
    with begin_reading() as work:
        found = versions.published(work.connection)
        drafts = {draft.definition_id: draft for draft in models.open_drafts(work.connection)}
        newer = versions.newer(work.connection, versions.shipped())
    return page(
        "workflows/definitions.html",
        definitions=found,
        drafts=drafts,
        newer=newer,
        states=STATES,
        asked=[one for one in drafts.values() if _waits(one)],
        language_code=language(),
    )


@blueprint.get("/definitions/<definition_id>")
@allowed(Action.DEFINITION_MANAGE)
def definition(definition_id: str) -> ResponseReturnValue:
    """Show one definition: its versions, how many open cases run on each, and what can be done."""
    require_installation()
    with begin_reading() as work:
        present, _ = versions.newest(work.connection, definition_id)
        held = models.versions_of(work.connection, definition_id)
        counts = models.open_cases(work.connection, definition_id)
        people = frozenset(one for each in held for one in (each.edited_by, each.approved_by) if one)
        shown = {
            "held": held[::-1],
            "names": users.names_of(work.connection, people),
            "draft": models.open_draft(work.connection, definition_id),
            "newer": versions.newer(work.connection, versions.shipped()).get(definition_id),
        }
    on = {one.version: sum(n for (number, _), n in counts.items() if number == one.version) for one in held}
    return page(
        "workflows/definition.html",
        present=present,
        on=on,
        language_code=language(),
        states=STATES,
        me=signed_in().session.user_id,
        done=done_words(),
        **shown,
    )


@blueprint.get("/definitions/<definition_id>/versions/<int:number>")
@allowed(Action.DEFINITION_MANAGE)
def version_text(definition_id: str, number: int) -> ResponseReturnValue:
    """Show the text of a version."""
    require_installation()
    with begin_reading() as work:
        text = models.text_of(work.connection, definition_id, number)
    if text is None:
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
    return page("workflows/version_text.html", definition_id=definition_id, number=number, text=text)


@blueprint.post("/definitions/<definition_id>/draft")
@allowed(Action.DEFINITION_MANAGE)
@once
def take_draft(definition_id: str) -> ResponseReturnValue:
    """Begin a draft from the version in force, or from a newer one of the developers."""
    require_installation()
    with begin_work() as work:
        newer = newer_file(work, definition_id) if request.form.get("source") == "shipped" else None
        draft = usecases.take(work, definition_id, newer=newer)
    return redirect(url_for("workflows.draft", draft_id=draft.id), 303)


@blueprint.get("/definitions/drafts/<uuid:draft_id>")
@allowed(Action.DEFINITION_MANAGE)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft: the text, what the checks find, the drawing, and what would change."""
    require_installation()
    with begin_reading() as work:
        return draft_page(work, usecases.look(work, draft_id), {})


@blueprint.post("/definitions/drafts/<uuid:draft_id>")
@allowed(Action.DEFINITION_MANAGE)
@once
def write_draft(draft_id: UUID) -> ResponseReturnValue:
    """Keep the text as it was written, and show at once what the checks find in it."""
    require_installation()
    with begin_work() as work:
        try:
            usecases.write(work, draft_id, seen(), request.form.get("text", ""))
        except InvalidError as wrong:
            return draft_page(work, usecases.look(work, draft_id), {"text": told(wrong)}), 422
    return redirect(url_for("workflows.draft", draft_id=draft_id, _anchor="found"), 303)


@blueprint.get("/definitions/drafts/<uuid:draft_id>/drop")
@allowed(Action.DEFINITION_MANAGE)
def ask_drop(draft_id: UUID) -> ResponseReturnValue:
    """Ask whether a draft is to be given up."""
    require_installation()
    with begin_reading() as work:
        return page("workflows/drop.html", **shown_draft(work, usecases.look(work, draft_id)))


@blueprint.post("/definitions/drafts/<uuid:draft_id>/drop")
@allowed(Action.DEFINITION_MANAGE)
@once
def drop_draft(draft_id: UUID) -> ResponseReturnValue:
    """Give a draft up."""
    require_installation()
    with begin_work() as work:
        dropped = usecases.drop(work, draft_id, seen())
    address = url_for("workflows.definition", definition_id=dropped.definition_id, done="dropped")
    return redirect(address, 303)


def seen() -> int:
    """Read which revision of the draft the form was made from; 0 where it does not say."""
    said = request.form.get("revision", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < len(str(LONGEST_FILE)) else 0


def draft_page(work: Work, opened: Looked, errors: dict[str, str]) -> str:
    """Make the page of a draft."""
    return page("workflows/draft.html", **shown_draft(work, opened), errors=errors)


def shown_draft(work: Work, opened: Looked) -> dict[str, object]:
    """Gather what the pages about a draft show."""
    people = frozenset(one for one in (opened.draft.edited_by, opened.draft.asked_by) if one)
    state, colour = STATES[opened.draft.state]
    return {
        "draft": opened.draft,
        "opened": opened,
        "state": (gettext(state), colour),
        "findings": shown_findings(opened.checked.findings, opened.draft.text),
        "done": done_words(),
        "drawing": _drawn(opened.checked.definition),
        "rows": rows_of(opened.differences),
        "names": users.names_of(work.connection, people),
        "own": opened.draft.asked_by == signed_in().session.user_id,
        "title": opened.present.title.get(language(), opened.present.title["ru"]),
    }


def _drawn(definition: Definition | None) -> Markup | None:
    """Draw a text that can be drawn, even where the checks find something in it."""
    if definition is None or not drawable(definition):
        return None
    return Markup(draw(definition, language()))  # noqa: S704 - escaped where it is drawn
