"""The queue of a stack: pages that nobody knows get the code that a person reads on them, or go."""

from dataclasses import dataclass
from uuid import UUID

from registry.consents.models import stack_forms
from registry.consents.models.stack_forms import PaperForm, ScannedPage, when_settled
from registry.consents.models.stacks import Stack
from registry.consents.rules.stacks import Marked, PageState, Thrown, Why, place
from registry.consents.usecases.placing import LOCK, ground_of, put_in_form
from registry.documents.marks import read_code
from registry.errors import N_, ConflictError, InvalidError
from registry.people.jobs import FORGET_FILES
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

PAGE = "paper-page"
REFUSED = {
    Why.FOREIGN: N_("Среди бланков этой школы такого кода нет. Сверьте его с бланком."),
    Why.DUPLICATE: N_("Эта страница бланка уже есть."),
    Why.ERASED: N_("Данные этого человека уничтожены: бланк не вносят."),
    Why.OTHER_CLASS: N_("Это бланк ученика другого класса: отложите его для той стопки."),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person reads on a page: its code, which page it is, and of how many."""

    code: str
    page: int
    pages: int


def type_code(work: Work, stack: Stack, page_id: UUID, typed: Typed) -> PaperForm:
    """Lay a page of the queue into the form whose code a person typed; twice is once.

    Raises:
        InvalidError: the code is mistyped, or no form that this page may belong to has it.
        ConflictError: somebody else settled the page meanwhile.
    """
    hold(work.connection, LOCK, stack.school_id)
    page = stack_forms.get_page(work.connection, stack.school_id, page_id)
    consent_id = read_code(typed.code)
    if page.form_id is not None and page.page == typed.page:
        form = stack_forms.get_form(work.connection, stack.school_id, page.form_id)
        if form.consent_id == consent_id:
            return form
    _let_queued(page)
    ground = ground_of(work, stack)
    consent = ground.consents.get(consent_id)
    version = consent.notice_version.upper() if consent else ""
    mark = Marked(consent_id, version, typed.page, typed.pages)
    ground.meet(work, [consent_id])
    placing = place([mark], 0, ground.printed([consent_id]), ground.taken)
    if placing.why is not None:
        raise InvalidError(REFUSED[placing.why], code=f"page-{placing.why}")
    form = put_in_form(work, ground, page, mark)
    _record(work, page, EntryType.PAPER_PAGE_PLACED, {"form": str(form.id), "page": typed.page})
    return form


def throw_page(work: Work, stack: Stack, page_id: UUID, why: Thrown) -> None:
    """Throw a page of the queue away, with the reason; its picture is destroyed. Twice is once.

    Raises:
        ConflictError: somebody else settled the page meanwhile.
    """
    hold(work.connection, LOCK, stack.school_id)
    page = stack_forms.get_page(work.connection, stack.school_id, page_id)
    if page.state is PageState.THROWN:
        return
    _let_queued(page)
    values = {"state": PageState.THROWN.value, "reason": why.value, "picture_file": None}
    stack_forms.settle_page(work.connection, page, values | when_settled(work.actor.id, work.now))
    reach("page.thrown-before-entry")
    if page.picture_file is not None:
        work.later(FORGET_FILES, files=[str(page.picture_file)])
    _record(work, page, EntryType.PAPER_PAGE_THROWN, {"why": why.value})


def _let_queued(page: ScannedPage) -> None:
    if page.state is not PageState.QUEUED:
        raise ConflictError(N_("Эту страницу уже разобрали; откройте стопку снова."), code="page-settled")


def _record(work: Work, page: ScannedPage, what: EntryType, state: dict[str, Json]) -> None:
    # A page may come back into the queue: each step is an object of its own.
    about, told = ObjectRef(PAGE, work.new_id(), 1), {"scanned": str(page.id), "stack": str(page.stack_id)}
    work.record(Entry(what, about, state | told, page.school_id))
