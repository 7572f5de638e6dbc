"""A draft of a document: the words of each language, what the checks find, how it looks, what changes."""

from collections.abc import Iterable
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models import users
from registry.access.rules import Action
from registry.errors import InvalidError
from registry.programmes.definition.edited import Wording
from registry.programmes.drafts import usecases
from registry.programmes.drafts.differences import Difference
from registry.programmes.drafts.usecases import Looked
from registry.programmes.pages.room import (
    CHANGES,
    ITEMS,
    ON_MAJOR,
    PARTS,
    STATES,
    blueprint,
    kind_of,
    require_installation,
    say_problem,
)
from registry.programmes.rules.titles import LANGUAGES, NOTICES
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

LONGEST_REVISION = 6
"""Figures: more changes no draft sees."""


@blueprint.post("/notices/<programme>/<kind>/draft")
@allowed(Action.PROGRAMME_MANAGE)
@once
def take_draft(programme: str, kind: str) -> ResponseReturnValue:
    """Begin a draft with the words in force."""
    require_installation()
    with begin_work() as work:
        draft = usecases.take(work, programme, kind_of(kind))
    return redirect(url_for("programmes.draft", draft_id=draft.id), 303)


@blueprint.get("/notices/drafts/<uuid:draft_id>")
@allowed(Action.PROGRAMME_MANAGE)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft in one language."""
    require_installation()
    with begin_reading() as work:
        return draft_page(work, usecases.look(work, draft_id), {})


@blueprint.post("/notices/drafts/<uuid:draft_id>")
@allowed(Action.PROGRAMME_MANAGE)
@once
def write_draft(draft_id: UUID) -> ResponseReturnValue:
    """Keep the words of one language as they were written, and show at once what the checks find in them."""
    require_installation()
    written = request.form.get("language", "")
    words = Wording(*(request.form.get(name, "") for name in ("text", "plain", "purpose")))
    with begin_work() as work:
        try:
            usecases.write(work, draft_id, seen(), {written: words})
        except InvalidError as wrong:
            return draft_page(work, usecases.look(work, draft_id), {"text": told(wrong)}), 422
    return redirect(url_for("programmes.draft", draft_id=draft_id, language=written, _anchor="found"), 303)


@blueprint.post("/notices/drafts/<uuid:draft_id>/drop")
@allowed(Action.PROGRAMME_MANAGE)
@once
def drop_draft(draft_id: UUID) -> ResponseReturnValue:
    """Give a draft up."""
    require_installation()
    with begin_work() as work:
        dropped = usecases.drop(work, draft_id, seen())
    return redirect(url_for("programmes.notice", programme=dropped.programme, kind=dropped.kind.value), 303)


def seen() -> int:
    """Read which revision of the draft the form was made from; 0 where it does not say."""
    said = request.form.get("revision", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < LONGEST_REVISION else 0


def draft_page(work: Work, opened: Looked, errors: dict[str, str]) -> str:
    """Make the page of a draft in the language that is asked for, or in the first one."""
    asked = request.values.get("language", "")
    checked = next((one for one in opened.checked if one.language == asked), opened.checked[0])
    return page(
        "programmes/draft.html",
        **shown_draft(work, opened),
        errors=errors,
        checked=checked,
        words=opened.draft.words.get(checked.language) or Wording("", "", ""),
        items=[(one.number, gettext(ITEMS[one.number]), one) for one in checked.items],
        tongues=[(one.language, LANGUAGES[one.language], len(one.problems)) for one in opened.checked],
    )


def shown_draft(work: Work, opened: Looked) -> dict[str, object]:
    """Gather what the pages about a draft show."""
    of = opened.draft
    people = frozenset(one for one in (of.edited_by, of.asked_by) if one)
    state, colour = STATES[of.state]
    return {
        "draft": of,
        "opened": opened,
        "state": (gettext(state), colour),
        "findings": [
            (LANGUAGES[one.language], say_problem(problem))
            for one in opened.checked
            for problem in one.problems
        ],
        "rows": rows_of(opened.differences),
        "names": users.names_of(work.connection, people),
        "own": of.asked_by == signed_in().session.user_id,
        "title": gettext(NOTICES[of.kind]),
        "number": opened.present.programme.notice(of.kind, "").version,
        "change": gettext(CHANGES[of.change]) if of.change else "",
        "on_major": gettext(ON_MAJOR[opened.present.programme.on_major_notice]),
    }


def rows_of(differences: Iterable[Difference]) -> list[dict[str, str]]:
    """Lay differences out for a table: language, part, before, after."""
    return [
        {
            "language": LANGUAGES[one.language],
            "part": gettext(PARTS[one.part]),
            "before": one.before,
            "after": one.after,
        }
        for one in differences
    ]
