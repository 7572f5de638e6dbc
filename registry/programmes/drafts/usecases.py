"""What people do with a draft of a document: take it, write, ask for it to be published, agree to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.programmes import models
from registry.programmes.definition.edited import Wording, wording_of
from registry.programmes.definition.texts import LONGEST_TEXT
from registry.programmes.definition.tidy import tidied
from registry.programmes.drafts import facts, rules
from registry.programmes.drafts.checking import Checked, check_words
from registry.programmes.drafts.differences import Difference, differences
from registry.programmes.drafts.publishing import publish_words
from registry.programmes.drafts.rules import Draft
from registry.programmes.models import Published
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.trail.entries import EntryType
from registry.work import Work
from registry.workflows.drafts.rules import DraftState, check_proposed, check_second, check_seen, check_why


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft to look at.

    Attributes:
        present: the version of the programme in force, which it is held against.
        checked: in each language; with problems it cannot be published.
        differences: what would change.
        schools: how many schools would get the new text.
    """

    draft: Draft
    present: Published
    checked: tuple[Checked, ...]
    differences: tuple[Difference, ...]
    schools: int

    @property
    def sound(self) -> bool:
        """Whether the checks find nothing."""
        return not any(one.problems for one in self.checked)

    @property
    def behind(self) -> bool:
        """Whether another version came into force since it was held against one."""
        return self.draft.based_on != self.present.id

    @property
    def fit(self) -> bool:
        """Whether it may be published: sound, not behind, and not the same as what is in force."""
        return self.sound and bool(self.differences) and not self.behind


def take(work: Work, programme_id: str, kind: NoticeKind) -> Draft:
    """Begin a draft with the words in force.

    Raises:
        NotFoundError: there is no such programme, or no such document in it.
        ConflictError: there is an open draft of this document.
    """
    models.hold_versions(work.connection)
    present = models.latest_version(work.connection, programme_id)
    words = words_of(present, kind)
    if models.open_draft(work.connection, programme_id, kind) is not None:
        raise ConflictError(
            N_("Черновик этого документа уже есть: откройте его или сначала удалите."), code="draft-exists"
        )
    draft = Draft(
        id=work.new_id(),
        programme=programme_id,
        kind=kind,
        state=DraftState.DRAFTING,
        revision=1,
        words=words,
        based_on=present.id,
        edited_by=work.actor.id,
        edited_at=work.now,
    )
    models.add_draft(work.connection, draft)
    work.record(facts.entry(EntryType.NOTICE_DRAFTED, draft))
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
    present = models.latest_version(work.connection, draft.programme)
    checked = check_words(present.programme, draft.kind, draft.words)
    changed = differences(words_of(present, draft.kind), draft.words)
    schools = models.count_schools(work.connection, draft.programme).get(present.id, 0)
    return Looked(draft, present, tuple(checked), changed, schools)


def words_of(present: Published, kind: NoticeKind) -> Mapping[str, Wording]:
    """Give the words of a document in force, in every language of the programme.

    Raises:
        NotFoundError: the programme has no such document.
    """
    programme = present.programme
    notices = [programme.notice(kind, language) for language in programme.languages]
    return {one.language: wording_of(one) for one in notices}


def write(work: Work, draft_id: UUID, revision: int, words: Mapping[str, Wording]) -> Draft:
    """Keep new words in some languages, sound or not; what was asked for is asked no longer.

    It is held against the version in force from now on. The same words change nothing.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed, or somebody changed it.
        InvalidError: a text is longer than a document may be, or the programme has no such language.
    """
    draft = check_seen(get(work, draft_id), revision)
    present = models.latest_version(work.connection, draft.programme)
    _check_words(present, words)
    kept = {**draft.words, **{language: _kept(one) for language, one in words.items()}}
    if kept == draft.words and present.id == draft.based_on:
        return draft
    written = replace(_quiet(draft), words=kept, based_on=present.id)
    written = replace(written, edited_by=work.actor.id, edited_at=work.now)
    return _change(work, written, EntryType.NOTICE_DRAFTED)


def propose(work: Work, draft_id: UUID, revision: int, change: Change, why: str) -> Draft:
    """Ask for a draft to be published; a second person has to agree.

    Args:
        work: the unit of work.
        draft_id: of the draft.
        revision: of it, as who asks saw it.
        change: whether who decided on the text in force has to decide anew.
        why: what is changed, and what for.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed or not fit, or somebody changed it.
        InvalidError: no reason is given.
    """
    draft = check_seen(get(work, draft_id), revision)
    words = check_why(why)
    _demand_fit(looked(work, draft))
    asked = replace(draft, state=DraftState.PROPOSED, change=change, why=words)
    return _change(work, replace(asked, asked_by=work.actor.id, asked_at=work.now), EntryType.NOTICE_PROPOSED)


def approve(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Agree as the second person: the words are in force, and each school of the programme goes over to them.

    Raises:
        NotFoundError, ConflictError: there is no such draft, nobody asked, the same person asked, it is not
            fit any more, or somebody changed it.
    """
    models.hold_versions(work.connection)
    draft = check_seen(get(work, draft_id), revision)
    check_second(draft, work.actor.id)
    opened = looked(work, draft)
    _demand_fit(opened)
    number = publish_words(work, opened.present, draft)
    done = replace(draft, state=DraftState.PUBLISHED, number=number)
    return _change(work, done, EntryType.NOTICE_APPROVED)


def decline(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Give a draft back to be written on.

    Raises:
        NotFoundError, ConflictError: there is no such draft, nobody asked, or somebody changed it.
    """
    draft = check_proposed(check_seen(get(work, draft_id), revision))
    return _change(work, _quiet(draft), EntryType.NOTICE_DECLINED)


def drop(work: Work, draft_id: UUID, revision: int) -> Draft:
    """Give a draft up; its words stay for the record.

    Raises:
        NotFoundError, ConflictError: there is no such draft, it is closed, or somebody changed it.
    """
    draft = check_seen(get(work, draft_id), revision)
    return _change(work, replace(draft, state=DraftState.DROPPED), EntryType.NOTICE_DROPPED)


def _check_words(present: Published, words: Mapping[str, Wording]) -> None:
    for language, one in words.items():
        if language not in present.programme.languages:
            raise InvalidError(N_("На этом языке программа документов не предлагает."), code="no-language")
        if max(len(one.text), len(one.plain), len(one.purpose)) > LONGEST_TEXT:
            raise InvalidError(
                N_("Текст длиннее %(most)s знаков."),
                fields={"text": N_("Сократите текст")},
                most=LONGEST_TEXT,
            )


def _kept(words: Wording) -> Wording:
    """Give words as they are kept: as documents in force are, so that a page's line ends change nothing."""
    plain = tidied(words.plain) if words.plain.strip() else ""
    return Wording(tidied(words.text), plain, " ".join(words.purpose.split()))


def _demand_fit(opened: Looked) -> None:
    rules.check_base(opened.draft, opened.present.id)
    if not opened.sound:
        raise ConflictError(
            N_("В черновике есть ошибки: исправьте их, тогда его можно опубликовать."), code="draft-broken"
        )
    if not opened.differences:
        raise ConflictError(
            N_("Черновик ничего не меняет в действующей версии."), code="draft-changes-nothing"
        )


def _quiet(draft: Draft) -> Draft:
    """Give the draft as one that nobody asked to be published."""
    return replace(draft, state=DraftState.DRAFTING, change=None, why=None, asked_by=None, asked_at=None)


def _change(work: Work, draft: Draft, happened: EntryType) -> Draft:
    changed = replace(draft, revision=draft.revision + 1)
    if not models.change_draft(work.connection, changed):
        raise ConflictError(
            N_("Черновик уже изменил кто-то другой. Откройте его заново и посмотрите, что изменилось."),
            code="stale-revision",
        )
    work.record(facts.entry(happened, changed))
    return changed
