"""A draft's way into force: one person asks and says how much it changes, a second one agrees."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import InvalidError
from registry.programmes.drafts import usecases
from registry.programmes.drafts.rules import check_change
from registry.programmes.pages.drafts import seen, shown_draft
from registry.programmes.pages.room import blueprint, require_installation
from registry.programmes.rules.numbers import Change
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work
from registry.workflows.drafts.rules import LONGEST_WHY


@blueprint.get("/notices/drafts/<uuid:draft_id>/proposal")
@fresh_sign_in
@allowed(Action.PROGRAMME_MANAGE)
def ask_proposal(draft_id: UUID) -> ResponseReturnValue:
    """Show what would change, and ask how much that is."""
    require_installation()
    with begin_reading() as work:
        return _page(work, "propose", draft_id, {})


@blueprint.post("/notices/drafts/<uuid:draft_id>/proposal")
@fresh_sign_in
@allowed(Action.PROGRAMME_MANAGE)
@once
def propose(draft_id: UUID) -> ResponseReturnValue:
    """Ask for it to be published."""
    require_installation()
    with begin_work() as work:
        try:
            change = check_change(request.form.get("change", ""))
            draft = usecases.propose(work, draft_id, seen(), change, request.form.get("why", ""))
        except InvalidError as wrong:
            place = next(iter(wrong.fields), "why")
            return _page(work, "propose", draft_id, {place: told(wrong)}), 422
    return redirect(url_for("programmes.draft", draft_id=draft.id), 303)


@blueprint.get("/notices/drafts/<uuid:draft_id>/answer")
@fresh_sign_in
@allowed(Action.PROGRAMME_MANAGE)
def ask_answer(draft_id: UUID) -> ResponseReturnValue:
    """Show what a colleague asked for."""
    require_installation()
    with begin_reading() as work:
        return _page(work, "answer", draft_id, {})


@blueprint.post("/notices/drafts/<uuid:draft_id>/answer")
@fresh_sign_in
@allowed(Action.PROGRAMME_MANAGE)
@once
def answer(draft_id: UUID) -> ResponseReturnValue:
    """Agree to it as the second person, or give it back."""
    require_installation()
    agreed = request.form.get("answer") == "confirm"
    with begin_work() as work:
        draft = (usecases.approve if agreed else usecases.decline)(work, draft_id, seen())
    return redirect(url_for("programmes.notice", programme=draft.programme, kind=draft.kind.value), 303)


def _page(work: Work, what: str, draft_id: UUID, errors: dict[str, str]) -> str:
    shown = shown_draft(work, usecases.look(work, draft_id))
    choices = {
        Change.MINOR.value: gettext("Нет: опечатка, ссылка, порядок слов. Прежние решения действуют"),
        Change.MAJOR.value: gettext("Да: меняются данные, цель, получатель, срок или права"),
    }
    return page(
        f"programmes/{what}.html",
        **shown,
        choices=choices,
        chosen=request.form.get("change"),
        why=request.form.get("why", "")[:LONGEST_WHY],
        errors=errors,
    )
