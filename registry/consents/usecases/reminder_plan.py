"""What a tutor sees of chasing: who was reminded when, what comes next, and whom a reminder reaches now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from registry.consents.decisions import Decided
from registry.consents.models.checks import papers_waiting
from registry.consents.models.reminders import SentReminder, reminders_about
from registry.consents.models.requests import Request, requests_about
from registry.consents.rules.reminding import MOST, Silence, replaced, silence_of
from registry.consents.rules.requests import Stage
from registry.consents.usecases.reminding import Chased, chased_of, point_of, reached_now
from registry.consents.usecases.requesting import REMIND, cases_of_requests
from registry.work import Work
from registry.workflows import versions
from registry.workflows.cases import Case
from registry.workflows.deadlines import moment_of
from registry.workflows.timing import legal, waiting


@dataclass(frozen=True, slots=True)
class Chasing:
    """How the chasing of one student stands.

    Attributes:
        request: none where nothing was asked yet; stage: of its case, none where it has none yet.
        sent: reminders that went out, the first first.
        next_on: the day of the next automatic one; none when no more will come.
        reaches: whom a reminder by hand would reach now.
        silence: why it would reach nobody; again_on: from when it would, where waiting helps.
    """

    decided: Decided
    request: Request | None = None
    stage: Stage | None = None
    sent: tuple[SentReminder, ...] = ()
    next_on: date | None = None
    reaches: frozenset[UUID] = frozenset()
    silence: Silence | None = Silence.NOT_ASKED
    again_on: date | None = None

    @property
    def on_paper(self) -> bool:
        """Whether it is managed on paper."""
        return self.request is not None and self.request.on_paper_since is not None

    @property
    def student(self) -> UUID:
        """Whose request it is."""
        return self.decided.family.student.id


def chasing_of(
    work: Work, school_id: UUID, programme_id: str, decided: Sequence[Decided]
) -> dict[UUID, Chasing]:
    """Tell how the chasing of some students stands, by student; five statements."""
    students = [one.family.student.id for one in decided]
    requests = requests_about(work.connection, school_id, programme_id, students)
    ids = [one.id for one in requests.values()]
    sent = reminders_about(work.connection, school_id, ids)
    cases = cases_of_requests(work, ids)
    reaches: dict[UUID, set[UUID]] = {}
    every = chased_of(requests, decided, papers_waiting(work.connection, school_id, programme_id))
    for one in reached_now(work, school_id, programme_id, every, by_hand=True):
        reaches.setdefault(one.chased.request.id, set()).add(one.signer.id)
    found = {one.family.student.id: Chasing(one, silence=_unasked(one)) for one in decided}
    for chased in every:
        request = chased.request
        case, told = cases.get(request.id), tuple(sent.get(request.id, ()))
        found[request.student_id] = Chasing(
            chased.decided,
            request,
            None if case is None else Stage(case.state),
            told,
            None if case is None else _next_on(work, case, chased, told),
            frozenset(reaches.get(request.id, ())),
            *_silence(work.today, chased, told),
        )
    return found


def _unasked(decided: Decided) -> Silence:
    return Silence.NOT_ASKED if decided.decision.awaited else Silence.DECIDED


def _silence(today: date, chased: Chased, sent: Sequence[SentReminder]) -> tuple[Silence | None, date | None]:
    """Say why nobody can be reminded of a request now, and from which day on somebody can."""
    if not chased.decided.decision.awaited:
        return Silence.DECIDED, None
    if chased.request.on_paper_since is not None:
        return Silence.ON_PAPER, None
    if not chased.awaited:
        return Silence.CHECKING, None
    signers = [(one.id, point_of(one, chased.decided) is not None) for one in chased.awaited]
    found = silence_of([one.reminder for one in sent], signers, today)
    return found, today + timedelta(days=1) if found is Silence.TODAY else None


def _next_on(work: Work, case: Case, chased: Chased, sent: Sequence[SentReminder]) -> date | None:
    """Give the day of the next automatic reminder: somebody is awaited, and not reminded enough already."""
    told = [one.reminder for one in sent]
    counts = [sum(one.signer == person.id for one in told) for person in chased.awaited]
    if not counts or min(counts) >= MOST:
        return None
    return next((day for day in _days(work, case) if not replaced(told, day)), None)


def _days(work: Work, case: Case) -> Iterator[date]:
    """Give the days to come on which the process reminds while the case stands where it does."""
    definition = versions.definition_of(work.connection, case)
    lines = tuple(one for one in definition.deadlines if one.state == case.state and one.remind == REMIND)
    ground = waiting(work, replace(definition, deadlines=lines), case)
    moments = [moment_of(line, turn, ground) for line in lines for turn in range(line.turns)]
    for moment in sorted(one for one in moments if one is not None and one > legal(work)):
        yield moment.astimezone(ground.zone).date()
