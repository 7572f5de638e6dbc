"""The second look at papers over the API: what waits, confirmed or sent back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.api.papers import EnteredTold
from registry.consents.api.room import PART, consents_room, part_of
from registry.consents.api.stack_forms import FaultBody
from registry.consents.models.checks import Check, checks_waiting
from registry.consents.pages import checks
from registry.consents.pages.checks import opened_check
from registry.consents.pages.room import opened_school
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import Fault
from registry.consents.usecases.checking import confirm, send_back
from registry.consents.usecases.paper_entry import Entered
from registry.documents.scans.looking import TYPES
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.programmes.rules import NoticeKind
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Day, Id, Moment, Text, Whole
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in, shows_names, shows_persons
from registry.web.idempotency import once

_ONE = "/schools/<uuid:school_id>/checks/<uuid:check_id>"


class PaperCheckTold(Told):
    """A paper that waits for a second person, and how it was drawn."""

    id = Id()
    student_id = Id()
    signer_id = Id()
    notice = Choice(NoticeKind)
    notice_version = Text(allow_none=True)
    kind = Choice(ActKind)
    on_day = Day()
    place = Text()
    entered_by = Id(allow_none=True)
    entered_at = Moment()
    percent = Whole(attribute="draw.percent")
    seed = Text(attribute="draw.seed")
    number = Whole(attribute="draw.number")


@consents_room.serves(f"GET {PART}/checks", N_("Бумаги, которые ждут второй проверки"))
@shows_names
@bearer(Action.PAPER_CHECK)
@consents_room.lists(PaperCheckTold, key=lambda one: one.id)
def list_checks(school_id: UUID, programme: str) -> Sequence[Check]:
    """List what waits in a school."""
    with begin_reading() as reading:
        opened_school(reading, Action.PAPER_CHECK, school_id)
        part = part_of(reading, school_id, programme)
        found = checks_waiting(reading.connection, school_id, part.programme.id)
    saw_list(school_id, "paper-checks", school_id)
    return found


@consents_room.serves(f"GET {_ONE}/scan", N_("Скан бумаги, которая ждёт проверки"))
@shows_persons
@fresh_sign_in
@bearer(Action.PAPER_CHECK)
@consents_room.files(*dict.fromkeys(TYPES.values()))
def check_scan(school_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Hand out the scan of a paper that waits."""
    return checks.give_check_scan(school_id, check_id)


@consents_room.serves(f"POST {_ONE}/confirm", N_("Подтвердить внесённое с бумаги"))
@bearer(Action.PAPER_CHECK)
@once
@consents_room.answers(EnteredTold, 201)
def confirm_check(school_id: UUID, check_id: UUID) -> Entered:
    """Confirm a paper: only now is it an act."""
    with begin_work() as work:
        opened_check(work, school_id, check_id)
        return confirm(work, school_id, check_id)


@consents_room.serves(f"POST {_ONE}/back", N_("Вернуть внесённое с бумаги с причиной"))
@bearer(Action.PAPER_CHECK)
@once
@consents_room.takes(FaultBody)
@consents_room.nothing
def send_check_back(said: dict[str, Any], school_id: UUID, check_id: UUID) -> None:
    """Send a paper back to whoever entered it."""
    with begin_work() as work:
        opened_check(work, school_id, check_id)
        send_back(work, school_id, check_id, Fault(said["fault"]))
