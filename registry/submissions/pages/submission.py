"""One submission: its numbers, digests, history, attempts, the platform's answers, and the way back."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.people.pages.looks import saw_list
from registry.submissions import usecases
from registry.submissions.pages.room import blueprint, opened_submission
from registry.submissions.pages.shown import whole_of
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_names
from registry.web.idempotency import once
from registry.web.templating import page


@blueprint.get("/submissions/<uuid:submission_id>")
@shows_names
@allowed(Action.SUBMISSION_READ)
def show(submission_id: UUID) -> ResponseReturnValue:
    """Show a submission."""
    with begin_reading() as work:
        found, school = opened_submission(work, Action.SUBMISSION_READ, submission_id)
        shown = whole_of(work, found, school)
    saw_list(school.id, "submission", submission_id)
    return page("submissions/submission.html", submission=found, shown=shown, errors={})


@blueprint.post("/submissions/<uuid:submission_id>/correct")
@allowed(Action.SUBMISSION_PREPARE)
@once
def correct_rejected(submission_id: UUID) -> ResponseReturnValue:
    """Go back to collecting after a rejection."""
    with begin_work() as work:
        found, school = opened_submission(work, Action.SUBMISSION_PREPARE, submission_id)
        usecases.correct_rejected(work, found.id)
    address = url_for("submissions.show_school", school_id=school.id, programme=found.programme)
    return redirect(address, 303)
