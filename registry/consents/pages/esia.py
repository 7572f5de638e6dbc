"""The way in by ESIA: out to Госуслуги, back to one fixed address, and the choice where there are several."""

import logging
from contextlib import closing
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models.sessions import Holder
from registry.access.rules import Action, Role
from registry.access.usecases.sessions import open_session
from registry.consents.models.visits import Sitting
from registry.consents.pages.room import blueprint, slug_of, uuid_of
from registry.consents.usecases import esia_login
from registry.consents.usecases.esia_login import Arrived, Place
from registry.consents.usecases.inviting import LINK_PATH
from registry.errors import ForbiddenError, RegistryError, UnavailableError
from registry.esia.client import BACK, open_esia
from registry.esia.faults import not_believed, told_by_code
from registry.esia.rules import error_code
from registry.letters.rules import short_name
from registry.people.models.places import get_school
from registry.programmes.models import participation_of
from registry.web.cookies import browser_token, hand_token, sent_token
from registry.web.current import begin_reading, begin_work, current_registry, request_id
from registry.web.doors import allowed
from registry.web.errors import status_of, told
from registry.web.idempotency import once
from registry.web.language import in_language
from registry.web.templating import page
from registry.work import Work

log = logging.getLogger(__name__)
UNCONFIRMED = "esia-unconfirmed"
LONGEST = 2_000


@blueprint.post("/esia/login")
@allowed(Action.PUBLIC)
def esia_start() -> ResponseReturnValue:
    """Send the browser to ESIA, from the first page."""
    return _start(None)


@blueprint.post(f"{LINK_PATH}<token>/esia")
@allowed(Action.PUBLIC)
def esia_start_by_link(token: str) -> ResponseReturnValue:
    """Send the browser to ESIA, for the holder of a personal link."""
    return _start(token)


def _start(link: str | None) -> ResponseReturnValue:
    try:
        with closing(open_esia(current_registry().settings)) as esia, begin_work() as work:
            return redirect(esia_login.begin(work, esia, browser_token(request), link), 303)
    except UnavailableError as refused:
        return _failed(refused)


@blueprint.get(BACK)
@allowed(Action.PUBLIC)
def esia_back() -> ResponseReturnValue:
    """Take the browser back: its own login, once; then who it is, and on to the sitting."""
    said, settings = request.args, current_registry().settings
    try:
        with begin_work() as work:
            login = esia_login.take(work, said.get("state", "")[:LONGEST], sent_token(request))
            now = work.now
        if said.get("error"):
            return _failed(told_by_code(error_code(said.get("error_description", ""))))
        # Nothing is held while somebody else is asked over the network.
        with closing(open_esia(settings)) as esia:
            identity = esia.finish(said.get("code", "")[:LONGEST], login.scope, login.began, now)
    except RegistryError as refused:
        return _failed(refused)
    with begin_work() as work:
        arrived = esia_login.arrive(work, login, identity)
    return _failed(arrived.refused) if arrived.refused is not None else _go_on(arrived)


def _go_on(arrived: Arrived) -> ResponseReturnValue:
    """Open the sitting where there is one to open; where there are several, ask."""
    if len(arrived.places) == 1:
        one = arrived.places[0].asked
        return _opened(arrived.login.id, (one.school_id, one.programme))
    with begin_reading() as reading, reading.beyond():  # his own schools, by the account he proved
        choices = [_choice(reading, one) for one in arrived.places]
    return page("consents/esia_choice.html", login_id=arrived.login.id, choices=choices, errors={})


def _choice(reading: Work, place: Place) -> dict[str, object]:
    asked = place.asked
    programme = participation_of(reading.connection, asked.school_id, asked.programme).programme
    return {
        "school_id": asked.school_id,
        "programme_id": asked.programme,
        "school": get_school(reading.connection, asked.school_id).full_name,
        "programme": in_language(programme.title),
        "students": sorted(short_name(one.first_name, one.last_name) for one in place.students),
    }


@blueprint.post("/esia/choice")
@allowed(Action.PUBLIC)
@once
def esia_choose() -> ResponseReturnValue:
    """Take the choice of a school and programme."""
    form = request.form
    wanted = (uuid_of(form.get("school", "")), slug_of(form.get("programme", "")))
    try:
        return _opened(uuid_of(form.get("login", "")), wanted)
    except ForbiddenError as refused:
        return _failed(refused)


def _opened(login_id: UUID, wanted: tuple[UUID, str]) -> ResponseReturnValue:
    with begin_work() as work:
        sitting = esia_login.choose(work, login_id, sent_token(request), wanted)
        role = esia_login.role_in(work, sitting)
        hand_token(open_session(work, _holder(sitting, role), sent_token(request)))
    return redirect(url_for("consents.desk"), 303)


def _holder(sitting: Sitting, role: str) -> Holder:
    return Holder(
        auth=sitting.auth,
        person_id=sitting.signer_id,
        role=Role(role),
        sitting_id=sitting.id,
        school_id=sitting.school_id,
    )


def _failed(refused: RegistryError) -> ResponseReturnValue:
    """Say why there was no login, and every other way that is open."""
    if isinstance(refused, UnavailableError):
        log.error("unavailable", extra={"request_id": request_id(), "code": refused.slug})
    shown = page(
        "consents/esia_failed.html",
        text=told(refused),
        title=gettext("Войти через Госуслуги не получилось"),
        unconfirmed=refused.slug == UNCONFIRMED,
        again=refused.slug != not_believed().slug,
    )
    return shown, status_of(refused)
