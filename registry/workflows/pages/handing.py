"""A task handed from one to another, and what is said about a case."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, InvalidError
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_some_names
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work
from registry.workflows.pages.cases import show_case
from registry.workflows.pages.room import asker, blueprint, check_place
from registry.workflows.tasks import doing, listing
from registry.workflows.tasks.shares import Asker


@blueprint.post("/processes/cases/<uuid:case_id>/take")
@allowed(Action.CASE_ADVANCE)
@once
def take(case_id: UUID) -> ResponseReturnValue:
    """Take a task that lies with nobody."""
    with begin_work() as work:
        doing.take(work, opened(work, case_id), case_id, asked_revision())
    return _back(case_id, "taken")


@blueprint.post("/processes/cases/<uuid:case_id>/take-back")
@allowed(Action.CASE_ADVANCE)
@once
def take_back(case_id: UUID) -> ResponseReturnValue:
    """Take a task from the colleague with whom it lies."""
    with begin_work() as work:
        case = doing.take_back(work, opened(work, case_id), case_id, asked_revision())
    return _back(case_id, "taken" if case.assignee_person else "freed")


@blueprint.post("/processes/cases/<uuid:case_id>/put-back")
@allowed(Action.CASE_ADVANCE)
@once
def put_back(case_id: UUID) -> ResponseReturnValue:
    """Give one's own task back to all of the role."""
    with begin_work() as work:
        doing.put_back(work, opened(work, case_id), case_id, asked_revision())
    return _back(case_id, "freed")


@blueprint.get("/processes/cases/<uuid:case_id>/hand-over")
@allowed(Action.CASE_ADVANCE)
def ask_hand_over(case_id: UUID) -> ResponseReturnValue:
    """Ask to whom a task is handed over."""
    with begin_reading() as work:
        opened(work, case_id)
        return _ask(work, case_id, {})


@blueprint.post("/processes/cases/<uuid:case_id>/hand-over")
@allowed(Action.CASE_ADVANCE)
@once
def hand_over(case_id: UUID) -> ResponseReturnValue:
    """Hand a task over to a colleague."""
    try:
        with begin_work() as work:
            who = opened(work, case_id)
            doing.hand_over(work, who, case_id, asked_revision(), _handed())
    except InvalidError as error:
        with begin_reading() as work:
            field = "comment" if error.slug == "comment" else "colleague"
            return _ask(work, case_id, {field: told(error)}), 422
    return _back(case_id, "handed")


@blueprint.post("/processes/cases/<uuid:case_id>/comments")
@shows_some_names
@allowed(Action.CASE_ADVANCE)
@once
def comment(case_id: UUID) -> ResponseReturnValue:
    """Say something about a case."""
    said = request.form.get("comment", "")
    try:
        with begin_work() as work:
            opened(work, case_id)
            doing.comment(work, case_id, asked_revision(), said)
    except InvalidError as error:
        return show_case(case_id, said[: doing.LONGEST_COMMENT], {"comment": told(error)}), 422
    return _back(case_id, "commented")


def opened(work: Work, case_id: UUID) -> Asker:
    """Let through who may do something about a case, and say who it is.

    Raises:
        NotFoundError: there is no such case, or he may not; the two read alike.
    """
    check_place(work, doing.find(work, case_id).school_id, Action.CASE_ADVANCE)
    return asker(work)


def asked_revision() -> int:
    """Read which revision of the case the sender saw.

    Raises:
        InvalidError: he does not say.
    """
    said = request.form.get("revision", "")
    if not (said.isascii() and said.isdigit() and len(said) < 10):  # noqa: PLR2004 - as many digits as fit
        raise InvalidError(N_("Откройте страницу дела заново и повторите."), code="revision")
    return int(said)


def _handed() -> doing.Handed:
    try:
        person_id = UUID(request.form.get("colleague", ""))
    except ValueError:
        raise InvalidError(N_("Выберите, кому передать задачу."), code="colleague") from None
    return doing.Handed(person_id, request.form.get("comment", ""))


def _back(case_id: UUID, done: str) -> ResponseReturnValue:
    return redirect(url_for("workflows.case", case_id=case_id, done=done), 303)


def _ask(work: Work, case_id: UUID, errors: dict[str, str]) -> str:
    found = doing.find(work, case_id)
    return page(
        "workflows/hand_over.html",
        case=found,
        shown=listing.show(work, [found], ())[0],
        colleagues={
            str(one): name for one, name in doing.colleagues(work, found) if one != found.assignee_person
        },
        chosen=request.form.get("colleague", "")[:36],
        comment=request.form.get("comment", "")[: doing.LONGEST_COMMENT],
        errors=errors,
        language_code=language(),
    )
