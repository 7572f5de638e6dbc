"""Pages that were read are put where they belong: into the form that their mark names, or into the queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.models import stack_forms, stacks
from registry.consents.models.asking import Consent, consents_of_programme
from registry.consents.models.stack_forms import PaperForm, ScannedPage, when_settled
from registry.consents.models.stacks import Stack, StackFile
from registry.consents.rules.stacks import FormState, Marked, PageState, Placing, Printed, Why, place
from registry.consents.usecases.printing import mark_tag
from registry.documents.marks import read_mark
from registry.documents.stacks.reading import Sheet
from registry.errors import InvalidError
from registry.people.jobs import FORGET_FILES
from registry.people.models.enrolled import classes_of_students
from registry.storage.failpoints import reach
from registry.storage.queries import hold
from registry.work import Work

LOCK = "paper-stacks"


@dataclass(slots=True)
class Ground:
    """What pages of a stack are held against; it grows as pages find their forms.

    Attributes:
        consents: of the school in the programme, by id. classmates: students of the stack's class.
        living: forms that were not dropped, by consent. taken: pages that lie in them.
        gone: people whose data were destroyed, of the consents that were met.
    """

    consents: dict[UUID, Consent]
    classmates: frozenset[UUID]
    living: dict[UUID, PaperForm] = field(default_factory=dict)
    taken: set[tuple[UUID, int]] = field(default_factory=set)
    gone: set[UUID] = field(default_factory=set)

    def meet(self, work: Work, wanted: Collection[UUID]) -> None:
        """Find out of whose data there is nothing any more; one statement."""
        met = [self.consents[one] for one in wanted if one in self.consents]
        people = {person for one in met for person in (one.signer_id, one.about_id)}
        self.gone |= people - work.vault.keys_of(work.connection, people).keys()

    def printed(self, wanted: Collection[UUID]) -> dict[UUID, Printed]:
        """Tell what is known of some consents."""
        return {one: self._printed(self.consents[one]) for one in wanted if one in self.consents}

    def _printed(self, consent: Consent) -> Printed:
        form = self.living.get(consent.id)
        return Printed(
            version=consent.notice_version,
            in_class=consent.about_id in self.classmates,
            pages=form.pages if form and form.state is not FormState.FIXING else None,
            erased=not self.gone.isdisjoint((consent.signer_id, consent.about_id)),
        )


def take_sheets(work: Work, stack: Stack, file: StackFile, sheets: Sequence[Sheet]) -> bool:
    """Put pages that were read where they belong; false when somebody else did it meanwhile."""
    hold(work.connection, LOCK, stack.school_id)
    if not stacks.note_done(work.connection, stack, file.number, file.done, file.done + len(sheets)):
        return False
    reach("stack.part-noted-before-pages")
    before = sum(one.pages for one in stacks.files_of(work.connection, stack) if one.number < file.number)
    ground = ground_of(work, stack)
    read = [(sheet, *_read_marks(work, sheet.texts)) for sheet in sheets]
    ground.meet(work, {mark.consent for _, marks, _ in read for mark in marks})
    for sheet, marks, foreign in read:
        known = ground.printed([one.consent for one in marks])
        placing = place(marks, foreign, known, ground.taken)
        if not sheet.picture:
            placing = Placing(None, Why.DAMAGED)
        erased = placing.why is Why.ERASED
        page = ScannedPage(
            id=work.new_id(),
            school_id=stack.school_id,
            stack_id=stack.id,
            number=before + sheet.number + 1,
            state=PageState.QUEUED,
            reason=placing.why.value if placing.why else None,
            picture_file=None if erased else _keep_picture(work, sheet.picture),
            names_consent=next(iter(known), None),
        )
        stack_forms.add_page(work.connection, page)
        reach("stack.page-before-form")
        if placing.mark is not None:
            put_in_form(work, ground, page, placing.mark)
    return True


def ground_of(work: Work, stack: Stack) -> Ground:
    """Read what pages of a stack are held against; four statements."""
    consents = {
        one.id: one for one in consents_of_programme(work.connection, stack.school_id, stack.programme)
    }
    classes = classes_of_students(work.connection, stack.school_id, work.today)
    classmates = frozenset(student for student, room in classes.items() if room == stack.class_id)
    ground = Ground(consents, classmates)
    forms = stack_forms.living_forms(work.connection, stack.school_id, stack.programme)
    ground.living = {one.consent_id: one for one in forms}
    lying = {one.id: one.consent_id for one in forms if one.state is not FormState.FIXING}
    there = stack_forms.pages_of_forms(work.connection, stack.school_id, list(lying))
    ground.taken = {(lying[one.form_id], one.page) for one in there if one.form_id and one.page}
    return ground


def put_in_form(work: Work, ground: Ground, page: ScannedPage, mark: Marked) -> PaperForm:
    """Lay a page into its form; a form that was to be mended gives way to what came now."""
    form = ground.living.get(mark.consent)
    if form is not None and form.state is FormState.FIXING:
        drop_form(work, form)
        form = None
    if form is None:
        form = _new_form(work, page, mark, ground.consents[mark.consent])
        ground.living[mark.consent] = form
    ground.taken.add((mark.consent, mark.page))
    values = {"state": PageState.PLACED.value, "reason": None, "form_id": form.id, "page": mark.page}
    stack_forms.settle_page(work.connection, page, values)
    return form


def drop_form(work: Work, form: PaperForm) -> None:
    """Let a form go: nothing is entered from it, and its pictures are destroyed."""
    files = stack_forms.forget_pictures(work.connection, form.school_id, form.id)
    stack_forms.settle_form(work.connection, form, FormState.DROPPED, when_settled(work.actor.id, work.now))
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])


def _new_form(work: Work, page: ScannedPage, mark: Marked, consent: Consent) -> PaperForm:
    form = PaperForm(
        work.new_id(),
        page.school_id,
        page.stack_id,
        mark.consent,
        mark.pages,
        FormState.OPEN,
        consent.notice,
        consent.signer_id,
        consent.about_id,
        consent.notice_version,
    )
    stack_forms.add_form(work.connection, form)
    return form


def _read_marks(work: Work, texts: Sequence[str]) -> tuple[list[Marked], int]:
    """Tell which square codes of a page are ours, each once, and how many are not."""
    found: dict[Marked, None] = {}
    foreign = 0
    for text in texts:
        try:
            mark = read_mark(text, mark_tag(work.vault))
        except InvalidError:
            foreign += 1
        else:
            found[Marked(mark.consent, mark.version, mark.page, mark.pages)] = None
    return list(found), foreign


def _keep_picture(work: Work, picture: bytes) -> UUID | None:
    if not picture:
        return None
    picture_file = work.new_id()
    work.files.put(picture_file, picture)
    return picture_file
