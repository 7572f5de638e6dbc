"""What the trail holds of drafts and of what came of them: the words by their digest."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.programmes import models
from registry.programmes.drafts.rules import Draft
from registry.programmes.models.notices import NoticeChange
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.entries import Entry, EntryType, ObjectRef

KIND = "notice_draft"
CHANGE = "notice_change"


def entry(happened: EntryType, draft: Draft) -> Entry:
    """Say what happened to a draft."""
    return Entry(happened, ObjectRef(KIND, draft.id, draft.revision), state_of(draft), None)


def change_entry(change: NoticeChange) -> Entry:
    """Say that a document has a new version."""
    return Entry(EntryType.NOTICE_PUBLISHED, ObjectRef(CHANGE, change.id, 1), change_state(change), None)


def state_of(draft: Draft) -> dict[str, Json]:
    """Give the whole state of a draft as the trail holds it."""
    words = {language: asdict(one) for language, one in draft.words.items()}
    whole = json.dumps(words, ensure_ascii=False, sort_keys=True)
    return {
        "asked_by": str(draft.asked_by) if draft.asked_by else None,
        "based_on": str(draft.based_on),
        "change": draft.change.value if draft.change else None,
        "edited_by": str(draft.edited_by) if draft.edited_by else None,
        "kind": draft.kind.value,
        "number": draft.number,
        "programme": draft.programme,
        "state": draft.state.value,
        "why": draft.why,
        "words_sha256": hashlib.sha256(whole.encode()).hexdigest(),
    }


def change_state(change: NoticeChange) -> dict[str, Json]:
    """Give the whole state of a published change as the trail holds it."""
    return {
        "approved_by": str(change.approved_by) if change.approved_by else None,
        "asked_by": str(change.asked_by) if change.asked_by else None,
        "based_on": str(change.based_on),
        "change": change.change.value,
        "kind": change.kind.value,
        "number": change.number,
        "programme": change.programme,
        "programme_version": str(change.programme_version_id),
        "why": change.why,
    }


def present_drafts(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the present state of each draft, for the verifier of the trail."""
    for draft in models.every_draft(connection):
        yield draft.id, draft.revision, state_of(draft)


def present_changes(connection: Connection, _vault: Vault) -> Iterator[tuple[UUID, int, dict[str, Json]]]:
    """Give the state of each published change."""
    for change in models.every_change(connection):
        yield change.id, 1, change_state(change)


READERS: Final = {KIND: present_drafts, CHANGE: present_changes}
