"""A draft's way into force: one person asks for it, a second one agrees, each after his password again."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import InvalidError
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work
from registry.workflows.drafts import usecases
from registry.workflows.drafts.rules import LONGEST_WHY
from registry.workflows.pages.drafts import require_installation, seen, shown_draft
from registry.workflows.pages.room import blueprint


@blueprint.get("/definitions/drafts/<uuid:draft_id>/proposal")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
def ask_proposal(draft_id: UUID) -> ResponseReturnValue:
    """Show what would change, before it is asked for."""
    require_installation()
    with begin_reading() as work:
        return _page(work, "propose", draft_id, {})


@blueprint.post("/definitions/drafts/<uuid:draft_id>/proposal")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
@once
def propose(draft_id: UUID) -> ResponseReturnValue:
    """Ask for it to be published."""
    require_installation()
    with begin_work() as work:
        try:
            draft = usecases.propose(work, draft_id, seen(), request.form.get("why", ""))
        except InvalidError as wrong:
            return _page(work, "propose", draft_id, {"why": told(wrong)}), 422
    return redirect(url_for("workflows.draft", draft_id=draft.id, done="proposed"), 303)


@blueprint.get("/definitions/drafts/<uuid:draft_id>/answer")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
def ask_answer(draft_id: UUID) -> ResponseReturnValue:
    """Show what a colleague asked for."""
    require_installation()
    with begin_reading() as work:
        return _page(work, "answer", draft_id, {})


@blueprint.post("/definitions/drafts/<uuid:draft_id>/answer")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
@once
def answer(draft_id: UUID) -> ResponseReturnValue:
    """Agree to it as the second person, or give it back."""
    require_installation()
    agreed = request.form.get("answer") == "confirm"
    with begin_work() as work:
        draft = (usecases.approve if agreed else usecases.decline)(work, draft_id, seen())
    if not agreed:
        return redirect(url_for("workflows.draft", draft_id=draft.id, done="declined"), 303)
    address = url_for("workflows.definition", definition_id=draft.definition_id, done="published")
    return redirect(address, 303)


def _page(work: Work, what: str, draft_id: UUID, errors: dict[str, str]) -> str:
    shown = shown_draft(work, usecases.look(work, draft_id))
    why = request.form.get("why", "")[:LONGEST_WHY]
    return page(f"workflows/{what}.html", **shown, why=why, errors=errors)
