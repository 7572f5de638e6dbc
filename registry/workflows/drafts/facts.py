"""What the trail holds of drafts: the text by its digest."""

from hashlib import sha256

from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.workflows.drafts.rules import Draft

KIND = "workflow_draft"


def entry(happened: EntryType, draft: Draft) -> Entry:
    """Say what happened to a draft."""
    return Entry(happened, ObjectRef(KIND, draft.id, draft.revision), state_of(draft), None)


def state_of(draft: Draft) -> dict[str, Json]:
    """The whole state of a draft as the trail holds it."""
    return {
        "asked_by": str(draft.asked_by) if draft.asked_by else None,
        "based_on": draft.based_on,
        "definition_id": draft.definition_id,
        "edited_by": str(draft.edited_by) if draft.edited_by else None,
        "shipped": draft.shipped,
        "state": draft.state.value,
        "text_sha256": sha256(draft.text.encode()).hexdigest(),
        "version": draft.version,
        "why": draft.why,
    }
