"""Forms that came back in stacks, and scanned pages, as rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from registry.consents.models.stack_tables import paper_forms, paper_pages
from registry.consents.models.tables import consents
from registry.consents.rules.stacks import FormState, PageState
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind
from registry.storage.queries import among


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A printed form that came back.

    Attributes:
        pages: how many were printed. reason: what is to be mended, or why it was sent back.
        place: where it lies, if not with its stack.
    """

    id: UUID
    school_id: UUID
    stack_id: UUID
    consent_id: UUID
    pages: int
    state: FormState
    notice: NoticeKind
    signer_id: UUID
    about_id: UUID
    notice_version: str
    reason: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A scanned page: its place in the stack (from 1), where it belongs, and the file of its picture.

    Attributes:
        names_consent: what a mark of ours on it says, in whatever state it is.
    """

    id: UUID
    school_id: UUID
    stack_id: UUID
    number: int
    state: PageState
    reason: str | None = None
    form_id: UUID | None = None
    page: int | None = None
    picture_file: UUID | None = None
    names_consent: UUID | None = None


_form, _page = paper_forms.c, paper_pages.c
_of_consent = and_(consents.c.school_id == _form.school_id, consents.c.id == _form.consent_id)
_forms = select(
    paper_forms,
    consents.c.notice,
    consents.c.notice_version,
    consents.c.signer_id,
    consents.c.about_id,
).join_from(paper_forms, consents, _of_consent)


def add_form(connection: Connection, form: PaperForm) -> None:
    """Write a form down."""
    names = ("id", "school_id", "stack_id", "consent_id", "pages", "state", "reason", "place")
    connection.execute(insert(paper_forms), {name: getattr(form, name) for name in names})


def add_page(connection: Connection, page: ScannedPage) -> None:
    """Write a scanned page down."""
    connection.execute(insert(paper_pages), {name: getattr(page, name) for name in ScannedPage.__slots__})


def forms_of_stack(connection: Connection, school_id: UUID, stack_id: UUID) -> list[PaperForm]:
    """List the forms of a stack in the order in which they came."""
    return _read_forms(connection, and_(_form.school_id == school_id, _form.stack_id == stack_id))


def living_forms(connection: Connection, school_id: UUID, programme: str) -> list[PaperForm]:
    """List the forms of a school in a programme that were not dropped."""
    chosen = and_(_form.school_id == school_id, consents.c.programme == programme)
    return _read_forms(connection, and_(chosen, _form.state != FormState.DROPPED.value))


def get_form(connection: Connection, school_id: UUID, form_id: UUID) -> PaperForm:
    """Read a form of a school.

    Raises:
        NotFoundError: there is none.
    """
    found = _read_forms(connection, and_(_form.school_id == school_id, _form.id == form_id))
    if not found:
        raise NotFoundError(N_("Такого бланка нет."))
    return found[0]


def settle_form(
    connection: Connection, form: PaperForm, state: FormState, values: Mapping[str, object]
) -> bool:
    """Note what became of a form; false when somebody else settled it meanwhile."""
    mine = and_(_form.school_id == form.school_id, _form.id == form.id, _form.state == form.state.value)
    said = update(paper_forms).where(mine).values(state=state.value, **values)
    return connection.execute(said).rowcount == 1


def pages_of_stack(connection: Connection, school_id: UUID, stack_id: UUID) -> list[ScannedPage]:
    """List the pages of a stack in their order."""
    return _read_pages(connection, and_(_page.school_id == school_id, _page.stack_id == stack_id))


def pages_of_forms(connection: Connection, school_id: UUID, form_ids: Collection[UUID]) -> list[ScannedPage]:
    """List the pages that lie in some forms."""
    chosen = and_(_page.school_id == school_id, among(connection, _page.form_id, form_ids))
    return _read_pages(connection, chosen) if form_ids else []


def get_page(connection: Connection, school_id: UUID, page_id: UUID) -> ScannedPage:
    """Read a page of a school.

    Raises:
        NotFoundError: there is none.
    """
    found = _read_pages(connection, and_(_page.school_id == school_id, _page.id == page_id))
    if not found:
        raise NotFoundError(N_("Такой страницы нет."))
    return found[0]


def settle_page(connection: Connection, page: ScannedPage, values: Mapping[str, object]) -> bool:
    """Note what became of a page; false when somebody else settled it meanwhile."""
    mine = and_(_page.school_id == page.school_id, _page.id == page.id, _page.state == page.state.value)
    return connection.execute(update(paper_pages).where(mine).values(**values)).rowcount == 1


def forget_pictures(connection: Connection, school_id: UUID, form_id: UUID) -> list[UUID]:
    """Take the pictures of a form's pages off their rows; give the files, which nobody names any more."""
    files = [one.picture_file for one in pages_of_forms(connection, school_id, [form_id]) if one.picture_file]
    mine = and_(_page.school_id == school_id, _page.form_id == form_id)
    connection.execute(update(paper_pages).where(mine).values(picture_file=None))
    return files


def when_settled(by: UUID | None, at: datetime) -> dict[str, object]:
    """Say who settled something, and when."""
    return {"settled_by": by, "settled_at": at}


def _read_forms(connection: Connection, chosen: ColumnElement[bool]) -> list[PaperForm]:
    return [_a_form(row) for row in connection.execute(_forms.where(chosen).order_by(_form.id))]


def _a_form(row: Row[*tuple[Any, ...]]) -> PaperForm:
    return PaperForm(
        row.id,
        row.school_id,
        row.stack_id,
        row.consent_id,
        row.pages,
        FormState(row.state),
        NoticeKind(row.notice),
        row.signer_id,
        row.about_id,
        row.notice_version,
        row.reason,
        row.place,
    )


def _read_pages(connection: Connection, chosen: ColumnElement[bool]) -> list[ScannedPage]:
    rows = connection.execute(select(paper_pages).where(chosen).order_by(_page.stack_id, _page.number))
    return [_a_page(row) for row in rows]


def _a_page(row: Row[*tuple[Any, ...]]) -> ScannedPage:
    return ScannedPage(
        row.id,
        row.school_id,
        row.stack_id,
        row.number,
        PageState(row.state),
        row.reason,
        row.form_id,
        row.page,
        row.picture_file,
        row.names_consent,
    )
