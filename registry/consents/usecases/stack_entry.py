"""Form by form: what a form of a stack says is entered, put off until it is mended, or it is no such form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from registry.consents.models import stack_forms
from registry.consents.models.stack_forms import PaperForm, ScannedPage, when_settled
from registry.consents.models.stacks import Stack
from registry.consents.rules.stacks import Fault, FormState, PageState, Why, lacking
from registry.consents.usecases.paper import Checked, Paper
from registry.consents.usecases.paper_entry import Carried, Entered, Lot, enter_paper
from registry.consents.usecases.placing import LOCK
from registry.documents.scans.looking import Scan, look_through
from registry.documents.stacks.binding import bind
from registry.errors import N_, ConflictError
from registry.people.jobs import FORGET_FILES
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

FORM = "paper-form"


@dataclass(frozen=True, slots=True)
class Sheets:
    """A form with its pages that came, in their order, and the numbers of those that did not."""

    form: PaperForm
    pages: Sequence[ScannedPage]

    @property
    def missing(self) -> tuple[int, ...]:
        """Pages that were printed and did not come."""
        return lacking(self.form.pages, {one.page for one in self.pages if one.page})

    @property
    def ready(self) -> bool:
        """Whether it may be entered."""
        return self.form.state.waits and not self.missing

    @property
    def now(self) -> bool:
        """Whether it is to be put before somebody by itself: it may be entered and is not being mended."""
        return self.ready and self.form.state is not FormState.FIXING


def sheets_of_stack(work: Work, stack: Stack) -> list[Sheets]:
    """List the forms of a stack with their pages, in the order in which they came; dropped ones are gone."""
    forms = stack_forms.forms_of_stack(work.connection, stack.school_id, stack.id)
    living = [one for one in forms if one.state is not FormState.DROPPED]
    pages = stack_forms.pages_of_forms(work.connection, stack.school_id, [one.id for one in living])
    return [Sheets(one, _in_order(pages, one.id)) for one in living]


def sheets_of_form(work: Work, school_id: UUID, form_id: UUID) -> Sheets:
    """Read a form with its pages.

    Raises:
        NotFoundError: the school has no such form.
    """
    form = stack_forms.get_form(work.connection, school_id, form_id)
    pages = stack_forms.pages_of_forms(work.connection, school_id, [form_id])
    return Sheets(form, _in_order(pages, form_id))


def scan_of(work: Work, sheets: Sheets) -> Scan | None:
    """Bind the pictures of a form's pages to one scan; none where they were let go."""
    files = [one.picture_file for one in sheets.pages]
    kept = [work.files.get(one) for one in files if one is not None]
    return look_through(bind(kept)) if kept and len(kept) == len(files) else None


def enter_form(work: Work, stack: Stack, sheets: Sheets, paper: Paper, carried: Carried) -> Entered:
    """Enter what a form says, by the use case of any paper; a form that was entered already stays as it is.

    It is recorded under the version of the text that its square code names, whichever is in force now.

    Raises:
        ConflictError: pages are missing, or it was dropped.
        RegistryError: as `enter_paper`.
    """
    hold(work.connection, LOCK, stack.school_id)
    form = stack_forms.get_form(work.connection, stack.school_id, sheets.form.id)
    if form.state in {FormState.DONE, FormState.CHECKING}:
        return Entered(None)
    _let_waiting(form)
    if sheets.missing:
        raise ConflictError(N_("Бланк не полон: не хватает страниц."), code="pages-missing")
    told: dict[str, Json] = {"stack": str(stack.id), "form": str(form.id)}
    lot = Lot(stack.seed, form.id, form.id)
    said_on = replace(paper, check=Checked(work.actor.id, told), version=form.notice_version)
    entered = enter_paper(work, said_on, carried, lot)
    reach("form.entered-before-settled")
    state = FormState.CHECKING if entered.signed is None else FormState.DONE
    said = {"place": paper.place.strip(), "reason": None, **when_settled(work.actor.id, work.now)}
    stack_forms.settle_form(work.connection, form, state, said)
    if state is FormState.DONE:
        _forget(work, stack_forms.forget_pictures(work.connection, form.school_id, form.id))
    return entered


def put_off(work: Work, stack: Stack, form_id: UUID, fault: Fault) -> None:
    """Put a form off: the family has something to mend, and its next scan takes this one's place.

    Raises:
        ConflictError: it was entered or dropped meanwhile.
    """
    form = _held(work, stack, form_id)
    said = {"reason": fault.value, **when_settled(work.actor.id, work.now)}
    stack_forms.settle_form(work.connection, form, FormState.FIXING, said)
    _record(work, form, {"state": FormState.FIXING.value, "reason": fault.value})


def take_apart(work: Work, stack: Stack, form_id: UUID) -> None:
    """Say that the pages are no such form: they go into the queue. Twice is once.

    Raises:
        ConflictError: it was entered meanwhile.
    """
    hold(work.connection, LOCK, stack.school_id)
    form = stack_forms.get_form(work.connection, stack.school_id, form_id)
    if form.state is FormState.DROPPED:
        return
    _let_waiting(form)
    for page in stack_forms.pages_of_forms(work.connection, stack.school_id, [form_id]):
        values = {
            "state": PageState.QUEUED.value,
            "reason": Why.NOT_THIS.value,
            "form_id": None,
            "page": None,
        }
        stack_forms.settle_page(work.connection, page, values)
    stack_forms.settle_form(work.connection, form, FormState.DROPPED, when_settled(work.actor.id, work.now))
    _record(work, form, {"state": FormState.DROPPED.value})


def _held(work: Work, stack: Stack, form_id: UUID) -> PaperForm:
    hold(work.connection, LOCK, stack.school_id)
    form = stack_forms.get_form(work.connection, stack.school_id, form_id)
    _let_waiting(form)
    return form


def _let_waiting(form: PaperForm) -> None:
    if not form.state.waits:
        raise ConflictError(N_("По этому бланку уже решено; откройте стопку снова."), code="form-settled")


def _in_order(pages: Sequence[ScannedPage], form_id: UUID) -> list[ScannedPage]:
    return sorted((one for one in pages if one.form_id == form_id), key=lambda one: one.page or 0)


def _forget(work: Work, files: Sequence[UUID]) -> None:
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])


def _record(work: Work, form: PaperForm, state: dict[str, Json]) -> None:
    # A form may be put off more than once: each step is an object of its own.
    about, state = ObjectRef(FORM, work.new_id(), 1), state | {"form": str(form.id)}
    work.record(
        Entry(EntryType.PAPER_FORM_SETTLED, about, state | {"stack": str(form.stack_id)}, form.school_id)
    )
