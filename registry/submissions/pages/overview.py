"""The list of schools and programmes in the reader's reach, with the state of each."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import readable_schools
from registry.errors import N_
from registry.programmes.models import Participation, participations_of_schools
from registry.submissions.message import Kind
from registry.submissions.models import records
from registry.submissions.models.records import Submission
from registry.submissions.pages.room import blueprint, deadline_of, state_titles, title_of
from registry.submissions.pages.waiting import is_overdue
from registry.submissions.pages.words import COLOURS
from registry.web import navigation
from registry.web.current import begin_reading
from registry.web.doors import allowed
from registry.web.paging import PAGE_LENGTH, asked_after, listing
from registry.web.templating import page
from registry.work import Work

navigation.add(
    navigation.Entry(
        "submissions.overview",
        N_("Передача"),
        N_("Готовность школы, подготовка и утверждение реестра, ответ платформы."),
        Action.SUBMISSION_READ,
        order=60,
    )
)


@blueprint.get("/submissions")
@allowed(Action.SUBMISSION_READ)
def overview() -> ResponseReturnValue:
    """List schools with their programmes and where the submission of each stands."""
    after = asked_after()
    with begin_reading() as work:
        schools = readable_schools(work, Action.SUBMISSION_READ)
        begin = next((number + 1 for number, one in enumerate(schools) if one.id == after), 0)
        shown = listing(schools[begin : begin + PAGE_LENGTH + 1], lambda one: one.id)
        ids = [one.id for one in shown.rows]
        parts = participations_of_schools(work.connection, ids)
        sent = records.of_schools(work.connection, ids)
        titles = state_titles(work)
        rows = [
            {
                "id": school.id,
                "name": school.name,
                "programmes": [_part(work, one, sent, titles) for one in parts if one.school_id == school.id],
            }
            for school in shown.rows
        ]
    return page("submissions/overview.html", schools=rows, after=shown.after)


def _part(
    work: Work, part: Participation, sent: list[Submission], titles: dict[str, str]
) -> dict[str, object]:
    """Describe a school in a programme; submissions come the newest first."""
    mine = [one for one in sent if (one.school_id, one.programme) == (part.school_id, part.programme.id)]
    current = next((one for one in mine if one.kind is not Kind.WITHDRAWAL), None)
    return {
        "id": part.programme.id,
        "title": title_of(part.programme),
        "deadline": deadline_of(part.programme, work.today),
        "submission": current,
        "state": titles[current.state] if current else gettext("Не начата"),
        "colour": COLOURS[current.state] if current else "grey",
        "late": current is not None
        and current.sent_on is not None
        and current.sent_on > part.programme.deadline,
        "overdue": any(is_overdue(one) for one in mine),
        "withdrawals": sum(one.kind is Kind.WITHDRAWAL for one in mine),
    }
