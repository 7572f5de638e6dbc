"""What was scanned and entered of a person and is no act yet: forms of stacks, papers before a check."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, and_, delete, or_, select, update

from registry.consents.models.stack_tables import paper_checks, paper_forms, paper_pages
from registry.consents.models.tables import consents
from registry.consents.rules.stacks import WAITING, FormState


def drop_stacked(connection: Connection, person_id: UUID) -> Iterator[UUID]:
    """Drop the pictures of pages that name a person and whatever waits for a check; give the files to go.

    That are the pages in his forms, and those in no form on which a mark names him: laid aside, come twice,
    of another class. Pages on which nobody could read a mark are thrown away by whoever settles the queue.
    """
    his = or_(consents.c.signer_id == person_id, consents.c.about_id == person_id)
    asked = select(consents.c.id).where(his)
    forms = select(paper_forms.c.id).where(paper_forms.c.consent_id.in_(asked))
    his_pages = or_(paper_pages.c.form_id.in_(forms), paper_pages.c.names_consent.in_(asked))
    pages = and_(his_pages, paper_pages.c.picture_file.is_not(None))
    yield from connection.execute(select(paper_pages.c.picture_file).where(pages)).scalars().all()
    connection.execute(update(paper_pages).where(pages).values(picture_file=None))
    named = or_(
        paper_checks.c.signer_id == person_id,
        paper_checks.c.student_id == person_id,
        paper_checks.c.person_id == person_id,
    )
    kept = and_(named, paper_checks.c.scan_file.is_not(None))
    yield from connection.execute(select(paper_checks.c.scan_file).where(kept)).scalars().all()
    connection.execute(delete(paper_checks).where(named))
    open_ones = [*(one.value for one in WAITING), FormState.CHECKING.value]
    waiting = and_(paper_forms.c.id.in_(forms), paper_forms.c.state.in_(open_ones))
    connection.execute(update(paper_forms).where(waiting).values(state=FormState.DROPPED.value))
