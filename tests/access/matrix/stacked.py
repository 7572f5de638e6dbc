"""A scanned form of one family in a stack, and a paper that waits for a second person."""

from datetime import date
from uuid import UUID

from benchmarks.scanning import blank
from registry.consents.models.asking import Consent
from registry.consents.models.checks import Carry, Check, KeptFile, add_check
from registry.consents.models.stack_forms import PaperForm, ScannedPage, add_form, add_page
from registry.consents.models.stacks import Stack, StackFile, add_stack
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import Draw, FormState, PageState, StackState
from registry.work import Work


def stacked(work: Work, class_id: UUID, consent: Consent) -> dict[str, UUID]:
    """Make a stack with one form of one page, and a check; give their ids by the names of addresses."""
    ids = {name: work.new_id() for name in ("stack_id", "form_id", "page_id", "check_id")}
    school, by = consent.school_id, work.actor.id
    picture_file, scan_file = work.new_id(), work.new_id()
    work.files.put(picture_file, blank())
    work.files.put(scan_file, b"a scan of the paper")
    stack = Stack(
        ids["stack_id"],
        school,
        consent.programme,
        class_id,
        "Папка",
        "00" * 16,
        StackState.READ,
        by,
        work.now,
    )
    add_stack(work.connection, stack, [StackFile(0, None, "00" * 32, 1, 1)])
    form = PaperForm(
        ids["form_id"],
        school,
        stack.id,
        consent.id,
        1,
        FormState.OPEN,
        consent.notice,
        consent.signer_id,
        consent.about_id,
        consent.notice_version,
    )
    add_form(work.connection, form)
    add_page(
        work.connection,
        ScannedPage(ids["page_id"], school, stack.id, 1, PageState.PLACED, None, form.id, 1, picture_file),
    )
    check = Check(
        id=ids["check_id"],
        school_id=school,
        programme=consent.programme,
        student_id=consent.about_id,
        signer_id=consent.signer_id,
        person_id=consent.about_id,
        notice=consent.notice,
        kind=ActKind.GIVEN,
        on_day=date(2020, 11, 1),
        place="Папка",
        draw=Draw(100, "00" * 16, 0),
        entered_by=by,
        entered_at=work.now,
        scan=KeptFile(scan_file, "png", 1, "00" * 32),
    )
    add_check(work.connection, work.vault, check, Carry({}, vouches=False))
    return ids
