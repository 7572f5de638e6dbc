"""What people do with a draft: take it, write, ask for its publication, agree as the second one."""

from dataclasses import dataclass, replace
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.trail.entries import EntryType
from registry.work import Work
from registry.workflows import models, versions
from registry.workflows.definition import Checked, Definition, digest
from registry.workflows.definition.parse import LONGEST_FILE
from registry.workflows.drafts import facts, rules
from registry.workflows.drafts.checking import check_draft
from registry.workflows.drafts.differences import Difference, differences
from registry.workflows.drafts.rules import Draft, DraftState
from registry.workflows.models import Origin, Version
from registry.workflows.names import NAMES


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft to look at.

    Attributes:
        present: the version in force, which it is held against.
        checked: with findings it cannot be published; a definition may be there to be drawn.
        differences: what would change, in words; none while the text cannot be read.
        running: how many open cases there are; they keep what they began with.
    """

    draft: Draft
    present: Definition
    checked: Checked
    differences: tuple[Difference, ...]
    running: int

    @property
    def fit(self) -> bool:
        """Whether it may be published: sound, not behind, and not the same as what is in force."""
        return not self.checked.findings and bool(self.differences) and not self.behind

    @property
    def behind(self) -> bool:
        """Whether another version came into force since it was held against one."""
        return self.draft.based_on != self.present.version


def take(work: Work, definition_id: str, *, newer: versions.Newer | None = None) -> Draft:
    """Begin a draft with the text of the version in force, or with that of a newer shipped file.

    Raises:
        NotFoundError: nothing is published under this id.
        ConflictError: there is an open draft of this definition.
    """
    models.hold_versions(work.connection)
    held = versions.in_force(work.connection, definition_id)
    if models.open_draft(work.connection, definition_id) is not None:
        raise ConflictError(
            N_("Черновик этого процесса уже есть: откройте его или сначала удалите."), code="draft-exists"
        )
    text = newer.text if newer else models.text_of(work.connection, definition_id, held.version) or ""
    draft = Draft(
        id=work.new_id(),
        definition_id=definition_id,
        state=DraftState.DRAFTING,
        revision=1,
        text=text,
        based_on=held.version,
        shipped=newer.definition.version if newer else None,
        edited_by=work.actor.id,
        edited_at=work.now,
    )
    models.add_draft(work.connection, draft)
    work.record(facts.entry(EntryType.DEFINITION_DRAFTED, draft))
    return draft


def get(work: Work, draft_id: UUID) -> Draft:
    """Read a draft.

    Raises:
        NotFoundError: there is none.
    """
    draft = models.find_draft(work.connection, draft_id)
    if draft is None:
        raise NotFoundError(N_("Такого черновика нет."), code="no-draft")
    return draft


def look(work: Work, draft_id: UUID) -> Looked:
    """Open a draft: what the checks find in it, and what it would change.

    Raises:
        NotFoundError: there is none.
    """
    return looked(work, get(work, draft_id))


def looked(work: Work, draft: Draft) -> Looked:
    """Hold a draft against the version in force."""
    present, _ = versions.newest(work.connection, draft.definition_id)
    checked = check_draft(draft.text, present, NAMES.known(), versions.published(work.connection))
    changed = differences(present, checked.definition) if checked.definition else ()
    running = sum(models.open_cases(work.connection, draft.definition_id).values())
    return Looked(draft, present, checked, changed, running)


def write(work: Work, draft_id: UUID, revision: int, text: str) -> Draft:
    """Keep a new text, sound or not; what was asked for is asked no longer. The same text changes nothing.

    It is held against the version in force from now on.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed, or somebody changed it.
        InvalidError: the text is longer than a definition may be.
    """
    draft = rules.check_seen(get(work, draft_id), revision)
    if len(text) > LONGEST_FILE:
        raise InvalidError(
            N_("Текст длиннее %(most)s знаков."), fields={"text": N_("Сократите текст")}, most=LONGEST_FILE
        )
    plain = text.replace("\r\n", "\n")
    newest = versions.in_force(work.connection, draft.definition_id).version
    if plain == draft.text and newest == draft.based_on:
        return draft
    written = replace(_quiet(draft), text=plain, based_on=newest, edited_by=work.actor.id, edited_at=work.now)
    return _change(work, written, EntryType.DEFINITION_DRAFTED)


def propose(work: Work, draft_id: UUID, revision: int, why: str) -> Draft:
    """Ask for a draft to be published; a second person has to agree.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed or not fit, or somebody changed it.
        InvalidError: no reason is given.
    """
    draft = rules.check_seen(get(work, draft_id), revision)
    words = rules.check_why(why)
    _demand_fit(looked(work, draft))
    asked = replace(draft, state=DraftState.PROPOSED, why=words, asked_by=work.actor.id, asked_at=work.now)
    return _change(work, asked, EntryType.DEFINITION_PROPOSED)


def approve(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Agree as the second person: the draft becomes the version that new cases begin with.

    Raises:
        NotFoundError, ConflictError: there is no such draft, nobody asked, the same person asked, it is not
            fit any more, or somebody changed it.
    """
    models.hold_versions(work.connection)
    draft = rules.check_seen(get(work, draft_id), revision)
    rules.check_second(draft, work.actor.id)
    definition = _demand_fit(looked(work, draft))
    version = Version(
        definition_id=draft.definition_id,
        version=draft.based_on + 1,
        id=work.new_id(),
        digest="",
        published_at=work.now,
        origin=Origin.EDITED,
        shipped=draft.shipped,
        based_on=draft.based_on,
        edited_by=draft.asked_by,
        approved_by=work.actor.id,
    )
    versions.store(work, version, definition, draft.text)
    done = replace(draft, state=DraftState.PUBLISHED, version=version.version)
    return _change(work, done, EntryType.DEFINITION_APPROVED)


def decline(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Give a draft back to be written on.

    Raises:
        NotFoundError, ConflictError: there is no such draft, nobody asked, or somebody changed it.
    """
    draft = rules.check_proposed(rules.check_seen(get(work, draft_id), revision))
    return _change(work, _quiet(draft), EntryType.DEFINITION_DECLINED)


def drop(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Give a draft up; its text stays for the record.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed, or somebody changed it.
    """
    draft = rules.check_seen(get(work, draft_id), revision)
    return _change(work, replace(draft, state=DraftState.DROPPED), EntryType.DEFINITION_DROPPED)


def _demand_fit(opened: Looked) -> Definition:
    rules.check_base(opened.draft, opened.present.version)
    definition = opened.checked.definition
    if definition is None or opened.checked.findings:
        raise ConflictError(
            N_("В черновике есть ошибки: исправьте их, тогда его можно опубликовать."), code="draft-broken"
        )
    if digest(versions.numbered(definition, opened.present.version)) == digest(opened.present):
        raise ConflictError(
            N_("Черновик ничего не меняет в действующей версии."), code="draft-changes-nothing"
        )
    return definition


def _quiet(draft: Draft) -> Draft:
    """The draft as one that nobody asked to be published."""
    return replace(draft, state=DraftState.DRAFTING, why=None, asked_by=None, asked_at=None)


def _change(work: Work, draft: Draft, happened: EntryType) -> Draft:
    changed = replace(draft, revision=draft.revision + 1)
    if not models.change_draft(work.connection, changed):
        raise ConflictError(
            N_("Черновик уже изменил кто-то другой. Откройте его заново и посмотрите, что изменилось."),
            code="stale-revision",
        )
    work.record(facts.entry(happened, changed))
    return changed
