"""Moving the open cases of a version to another one: what would become of them, then the step itself."""

from collections.abc import Mapping

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work
from registry.workflows import versions
from registry.workflows.definition import StateKind
from registry.workflows.migrating import usecases
from registry.workflows.migrating.usecases import Asked, Plan
from registry.workflows.pages.drafts import require_installation
from registry.workflows.pages.room import blueprint

PLACE = "place-"
"""Before the name of a state: the field that says where its cases go."""
LONGEST_NUMBER = 6
NO_PLACE = N_("Скажите, куда поставить дела из этого состояния")


@blueprint.get("/definitions/<definition_id>/migration")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
def ask_migration(definition_id: str) -> ResponseReturnValue:
    """Show how many cases of a version stand where, and where they would go."""
    require_installation()
    with begin_reading() as work:
        asked = _asked(work, definition_id, request.args.to_dict())
        return _page(asked, usecases.plan(work, asked), {})


@blueprint.post("/definitions/<definition_id>/migration")
@fresh_sign_in
@allowed(Action.DEFINITION_MANAGE)
@once
def migrate(definition_id: str) -> ResponseReturnValue:
    """Move them in one step."""
    require_installation()
    with begin_work() as work:
        asked = _asked(work, definition_id, request.form.to_dict())
        planned = usecases.plan(work, asked)
        if request.form.get("do") != "move" or planned.homeless:
            return _page(asked, planned, _errors(planned)), 422 if planned.homeless else 200
        usecases.migrate(work, asked)
    return redirect(url_for("workflows.definition", definition_id=definition_id, done="moved"), 303)


def _asked(work: Work, definition_id: str, said: dict[str, str]) -> Asked:
    """Read which set is meant; the new version is the one in force."""
    present = versions.in_force(work.connection, definition_id)
    number = said.get("version", str(present.version))
    fields = {key.removeprefix(PLACE): value for key, value in said.items() if key.startswith(PLACE)}
    source = int(number) if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER else 0
    mapped = {state: target for state, target in fields.items() if target}
    return Asked(definition_id, source, present.version, mapped)


def _errors(planned: Plan) -> dict[str, str]:
    """Say of each state without a place that it needs one."""
    return {f"{PLACE}{place.state}": str(gettext(NO_PLACE)) for place in planned.homeless}


def _page(asked: Asked, planned: Plan, errors: dict[str, str]) -> str:
    route = planned.route
    places = {one.id: _title(one.title) for one in route.new.states if one.kind is not StateKind.END}
    return page(
        "workflows/migration.html",
        asked=asked,
        planned=planned,
        places=places,
        old={one.id: _title(one.title) for one in route.old.states},
        title=_title(route.new.title),
        prefix=PLACE,
        command=_command(asked),
        errors=errors,
    )


def _title(titles: Mapping[str, str]) -> str:
    return titles.get(language(), titles["ru"])


def _command(asked: Asked) -> str:
    """The same at a terminal of the machine, which shows how far it is."""
    pairs = [f"{old}={new}" for old, new in asked.mapped.items()]
    numbers = f"--from {asked.source} --to {asked.target}"
    said = f"python -m registry workflows migrate {asked.definition_id} {numbers}"
    return " ".join([said, *(["--map", *pairs] if pairs else [])])
