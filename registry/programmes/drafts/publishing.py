"""A document's new words as a version of its programme, and the promise that schools go over to it."""

from dataclasses import replace
from typing import Final

from registry.programmes import models
from registry.programmes.definition.edited import EDITED, Written, read_edited, write_edited
from registry.programmes.drafts import facts
from registry.programmes.drafts.rules import Draft
from registry.programmes.models import NoticeChange, Published
from registry.programmes.rules.numbers import Change, next_number
from registry.programmes.shipped import Shipped
from registry.programmes.usecases import store_version
from registry.work import Work

TAKE_UP: Final = "consents.take_up_texts"
"""The job by which a school goes over to the version in force: promised with school and programme."""


def publish_words(work: Work, present: Published, draft: Draft) -> str:
    """Publish a programme's version in which one document has the words of a draft; give its number.

    Args:
        work: the unit of work; it holds the versions (`models.hold_versions`).
        present: the version in force, which the draft was held against.
        draft: asked for, with how much it changes and why.
    """
    change, why = draft.change or Change.MAJOR, draft.why or ""
    number = next_number(present.programme.notice(draft.kind, "").version, change)
    file, texts = models.texts_of(work.connection, present.id)
    edited = read_edited(texts)
    documents = {**edited.documents, draft.kind: Written(number, draft.words)}
    written = write_edited(replace(edited, number=edited.number + 1, documents=documents))
    definition = Shipped(file, {**texts, EDITED: written})
    version_id = store_version(work, definition, definition.parse())
    made = NoticeChange(
        id=work.new_id(),
        programme=draft.programme,
        programme_version_id=version_id,
        based_on=present.id,
        kind=draft.kind,
        number=number,
        change=change,
        why=why,
        asked_by=draft.asked_by,
        approved_by=work.actor.id,
        published_at=work.now,
    )
    models.add_change(work.connection, made)
    work.record(facts.change_entry(made))
    for school_id in models.schools_at(work.connection, present.id):
        work.later(TAKE_UP, school_id=str(school_id), programme_id=draft.programme)
    return number
