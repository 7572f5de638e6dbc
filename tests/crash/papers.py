"""What a tutor does with papers in the story: a stack, form by form, the second look; and what goes wrong.

A guardian refuses for her son on paper, and consents for her own data by mistake: that is declared invalid.
She opts him out of a channel. As everywhere in the story, each step looks at what stands before it acts.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.models.asking import consents_of_signer
from registry.consents.models.checks import checks_waiting
from registry.consents.models.invalidations import invalidations
from registry.consents.models.opt_outs import opt_outs
from registry.consents.models.stack_forms import pages_of_stack
from registry.consents.models.stack_tables import paper_stacks
from registry.consents.models.stacks import Stack, get_stack
from registry.consents.rules.acts import ActKind
from registry.consents.rules.opt_outs import Matter, Wire
from registry.consents.rules.signing import InvalidReason
from registry.consents.rules.stacks import PageState, Thrown
from registry.consents.usecases import checking, invalidating, opting_out, queueing, stack_entry
from registry.consents.usecases.opting_out import Application
from registry.consents.usecases.paper import Paper
from registry.consents.usecases.paper_entry import Carried
from registry.consents.usecases.stacks import Brought, bring_stack
from registry.documents.stacks.binding import bind
from registry.documents.stacks.reading import count_pages
from registry.people.models.persons import get_person
from registry.programmes.rules import Means, NoticeKind
from registry.trail.entries import SYSTEM
from registry.work import Work
from tests.consents.papers import sheet_of, with_square
from tests.crash.town import PROGRAMME, Town

SON = "Олег"
DAY = date(2020, 11, 2)
SAID = {NoticeKind.STUDENT_BY_GUARDIAN: ActKind.REFUSED, NoticeKind.GUARDIAN_SELF: ActKind.GIVEN}


def bring(town: Town) -> None:
    """Bring both forms, and a page that is none of ours."""
    if town.rows(paper_stacks):
        return
    guardian, family = town.guardian(SON), town.families()[SON]
    with town.registry.reading(town.clerk) as work:
        asked = consents_of_signer(work.connection, town.school, PROGRAMME, guardian.id)
    sheets = [sheet_of(town.registry, one) for one in asked if one.notice in SAID]
    data = bind([*sheets, with_square("https://example.org")])
    with town.registry.work(town.clerk) as work:
        brought = Brought([(data, count_pages(data))], "Папка 5А")
        bring_stack(work, town.school, PROGRAMME, family.class_id, brought)


def throw_away(town: Town) -> None:
    """Throw away what is no form."""
    stack = _stack(town)
    with town.registry.reading(town.clerk) as work:
        found = pages_of_stack(work.connection, town.school, stack.id)
    for page in found:
        if page.state is PageState.QUEUED:
            with town.registry.work(town.clerk) as work:
                queueing.throw_page(work, stack, page.id, Thrown.NOT_A_FORM)


def enter(town: Town) -> None:
    """Enter what the forms say; a second person is to look at each."""
    stack = _stack(town)
    with town.registry.reading(town.clerk) as work:
        found = stack_entry.sheets_of_stack(work, stack)
    for sheets in found:
        if sheets.ready:
            with town.registry.work(town.clerk) as work:
                _enter(work, stack, sheets)


def _enter(work: Work, stack: Stack, sheets: stack_entry.Sheets) -> None:
    form = sheets.form
    own = form.notice is NoticeKind.GUARDIAN_SELF
    said = Paper(
        school_id=stack.school_id,
        programme_id=PROGRAMME,
        student_id=form.about_id,
        signer_id=form.signer_id,
        notice=form.notice,
        kind=SAID[form.notice],
        on_day=DAY,
        place="Папка 5А, лист 1",
        scan=stack_entry.scan_of(work, sheets),
    )
    person = get_person(work.connection, work.vault, form.signer_id if own else form.about_id)
    stack_entry.enter_form(work, stack, sheets, said, Carried(person))


def confirm(town: Town) -> None:
    """Look at what was entered, as the second person."""
    with town.registry.reading(town.director) as work:
        waiting = checks_waiting(work.connection, town.school, PROGRAMME)
    for one in waiting:
        with town.registry.work(town.director) as work:
            checking.confirm(work, town.school, one.id)


def invalidate(town: Town) -> None:
    """Ask that the mistaken consent never counted, and agree as somebody else."""
    family = town.families()[SON]
    if not town.rows(invalidations):
        act = _mistaken(town, family.guardians[0].person.id)
        with town.registry.work(town.actor("tutor", 3)) as work:
            invalidating.ask_invalidation(
                work, act, family.student.id, InvalidReason.WRONG_ENTRY, "внесли не тот бланк"
            )
    for row in town.rows(invalidations):
        if row["answered_by"] is None:
            with town.registry.work(town.director) as work:
                invalidating.agree(work, town.school, row["id"])


def _mistaken(town: Town, guardian: UUID) -> ActRow:
    with town.registry.reading(SYSTEM) as work:
        found: Iterable[ActRow] = acts_of_people(work.connection, town.school, PROGRAMME, {guardian})
    return next(one for one in found if one.notice is NoticeKind.GUARDIAN_SELF)


def opt_out(town: Town) -> None:
    """Enter a paper that opts the son out of a channel."""
    if town.rows(opt_outs):
        return
    family = town.families()[SON]
    said = Application(family.guardians[0].person.id, DAY, Means.PAPER, "дело 1, лист 9")
    with town.registry.work(town.clerk) as work:
        opting_out.opt_out(work, family, Matter(wire=Wire.SFERUM), said)


def _stack(town: Town) -> Stack:
    with town.registry.reading(town.clerk) as work:
        return get_stack(work.connection, town.school, town.rows(paper_stacks)[0]["id"])
