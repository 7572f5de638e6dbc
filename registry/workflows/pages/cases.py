"""One case: where it stands, what can happen next and by whom, and its history."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_
from registry.web.current import begin_reading
from registry.web.doors import allowed
from registry.web.language import language
from registry.web.templating import page
from registry.workflows import usecases
from registry.workflows.cases import Happening
from registry.workflows.counting import legal
from registry.workflows.pages.room import ROLES, blueprint, check_place

HAPPENINGS = {
    Happening.STARTED: N_("Дело начато"),
    Happening.MOVED: N_("Шаг"),
    Happening.REMINDED: N_("Напоминание по сроку"),
    Happening.SKIPPED: N_("Напоминания пропущены: система стояла, отправлено последнее"),
    Happening.ESCALATED: N_("Срок прошёл, дело передано"),
    Happening.HELD: N_("Срок прошёл, шаг невозможен"),
    Happening.MIGRATED: N_("Дело переведено на другую версию процесса"),
}


@blueprint.get("/processes/cases/<uuid:case_id>")
@allowed(Action.CASE_READ)
def case(case_id: UUID) -> ResponseReturnValue:
    """Show one case: where it stands, what can happen next and by whom, and its history."""
    with begin_reading() as work:
        opened = usecases.look(work, case_id)
        check_place(work, opened.case.school_id)
        now = legal(work)
    return page(
        "workflows/case.html",
        opened=opened,
        overdue=opened.case.due_at is not None and opened.case.due_at <= now,
        ways=[way for way in opened.definition.ways_out(opened.case.state) if not way.immediate],
        words={"roles": ROLES, "happenings": HAPPENINGS, "language": language()},
    )
