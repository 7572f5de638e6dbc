"""One case: whose task it is, where it stands, what can happen next and by whom, and its history."""

from collections.abc import Mapping
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.web.current import begin_reading, can, rights
from registry.web.doors import allowed, shows_some_names
from registry.web.language import language
from registry.web.templating import page
from registry.workflows import usecases
from registry.workflows.cases import Happening
from registry.workflows.pages.room import ROLES, asker, blueprint, check_place, done_words
from registry.workflows.pages.saying import say_reason
from registry.workflows.tasks import doing, listing
from registry.workflows.tasks.naming import saw_name
from registry.workflows.tasks.saying import comments_of

HAPPENINGS = {
    Happening.STARTED: N_("Дело начато"),
    Happening.MOVED: N_("Шаг"),
    Happening.REMINDED: N_("Напоминание по сроку"),
    Happening.SKIPPED: N_("Напоминания пропущены: система стояла, отправлено последнее"),
    Happening.ESCALATED: N_("Срок прошёл, дело передано"),
    Happening.HELD: N_("Срок прошёл, шаг невозможен"),
    Happening.TAKEN: N_("Задача взята"),
    Happening.HANDED_OVER: N_("Задача передана"),
    Happening.PUT_BACK: N_("Задача возвращена всем с этой ролью"),
    Happening.COMMENTED: N_("Примечание"),
    Happening.MIGRATED: N_("Дело переведено на другую версию процесса"),
}


@blueprint.get("/processes/cases/<uuid:case_id>")
@shows_some_names
@allowed(Action.CASE_READ)
def case(case_id: UUID) -> ResponseReturnValue:
    """Show one case: where it stands, what can happen next and by whom, and its history."""
    return show_case(case_id, "", {})


def show_case(case_id: UUID, comment: str, errors: Mapping[str, str]) -> str:
    """Make the page of a case, with a comment that could not be taken."""
    with begin_reading() as work:
        opened = usecases.look(work, case_id)
        check_place(work, opened.case.school_id)
        found, who = opened.case, asker(work)
        people = [one.actor_id for one in opened.history if one.actor_kind == "staff"]
        people += [one.given_to for one in opened.history]
        shown = listing.show(work, [found], rights())[0]
        said = {
            "ways": [way for way in opened.definition.ways_out(found.state) if not way.immediate],
            "parts": listing.list_parts(work, found),
            "names": listing.names_in(work, found, people),
            "comments": comments_of(work, found),
            "task": found.closed_at is None and found.assignee_role is not None,
            "mine": found.assignee_person == who.user_id,
            "fits": doing.has_task(work, who, found),
            "frees": doing.may_free(work, who, found),
            "held": doing.is_held(work, found),
        }
    if shown.person:
        saw_name(found)
    return page(
        "workflows/case.html",
        **said,
        opened=opened,
        shown=shown,
        most_parts=listing.MOST_PARTS,
        may_say=found.closed_at is None and can(Action.CASE_ADVANCE),
        comment=comment,
        done=None if errors else done_words(),
        errors=errors,
        words={"roles": ROLES, "happenings": HAPPENINGS, "reason": say_reason, "language": language()},
    )
