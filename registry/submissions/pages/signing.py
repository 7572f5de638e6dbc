"""The director's sign-off: of exactly the digest and the numbers shown, after the password once more."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models.users import unconfirmed
from registry.access.rules import Action
from registry.errors import N_
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.people.usecases.accounts import lacks_account
from registry.submissions import usecases
from registry.submissions.models.records import Submission
from registry.submissions.pages.room import blueprint, opened_submission
from registry.submissions.pages.shown import changed_since, head_of
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed, fresh_sign_in, shows_names
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

NAME_DIFFERS = N_("Введите имя так, как оно указано в вопросе: этим вы подтверждаете, что утверждаете сами.")


@blueprint.get("/submissions/<uuid:submission_id>/sign-off")
@fresh_sign_in
@shows_names
@allowed(Action.SUBMISSION_SIGN_OFF)
def ask_sign_off(submission_id: UUID) -> ResponseReturnValue:
    """Show what would be signed off: numbers, digest, what changed since the last time."""
    with begin_reading() as work:
        found, school = opened_submission(work, Action.SUBMISSION_SIGN_OFF, submission_id)
        shown = _page(work, found, school, {})
    saw_list(school.id, "submission", submission_id)
    return shown


@blueprint.post("/submissions/<uuid:submission_id>/sign-off")
@fresh_sign_in
@allowed(Action.SUBMISSION_SIGN_OFF)
@once
def sign_off(submission_id: UUID) -> ResponseReturnValue:
    """Sign off the manifest whose digest stood on the page; what changed meanwhile voids it instead."""
    with begin_work() as work:
        found, school = opened_submission(work, Action.SUBMISSION_SIGN_OFF, submission_id)
        if _plain(request.form.get("typed_name", "")) != _plain(signed_in().name):
            return _page(work, found, school, {"typed_name": gettext(NAME_DIFFERS)}), 422
        usecases.sign_off(work, found.id, request.form.get("manifest_sha256", "")[:64])
    return redirect(url_for("submissions.show", submission_id=submission_id), 303)


def _page(work: Work, found: Submission, school: School, errors: dict[str, str]) -> str:
    hands = frozenset(one for one in (found.prepared_by, signed_in().session.user_id) if one is not None)
    return page(
        "submissions/sign_off.html",
        submission=found,
        shown=head_of(work, found, school),
        lacks_account=lacks_account(work, school.id),
        changes=changed_since(work, found, school),
        prepared_it=found.prepared_by == signed_in().session.user_id,
        unconfirmed=unconfirmed(work.connection, hands),
        asked_name=signed_in().name,
        typed=request.form.get("typed_name", "")[:200],
        errors=errors,
    )


def _plain(name: str) -> str:
    """Compare names as people read them: case and blanks make no difference."""
    return " ".join(name.split()).casefold()
