"""On which version of a document a paper was signed, and what a consent on it is worth now.

A paper says what its signer said on its day, on the text that he had in his hand: it is recorded under that
version. A newer text does to it what it does to an act online. A change that does not matter does nothing;
after one that matters the old text is asked no longer, and what was given before stands or lapses, as the
programme says. A no is a no on whatever text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from registry.consents.models.asking import first_asked
from registry.consents.rules.acts import ActKind, differs_in_what_matters, text_lapsed
from registry.errors import N_, ConflictError, InvalidError
from registry.programmes.models import NoticeText, printed_texts
from registry.programmes.rules import NoticeKind, OnMajor, Programme
from registry.programmes.rules.numbers import major_of
from registry.work import Work


@dataclass(frozen=True, slots=True)
class PaperText:
    """The version of a document that a paper carries.

    Attributes:
        text: its number, language and digest. current: whether it is the one in force.
        lapsed: whether consents on it count no more.
        asked_until: the last day on which it could be signed, where a change that matters ended it.
    """

    text: NoticeText
    current: bool
    lapsed: bool = False
    asked_until: date | None = None


def text_of(work: Work, school_id: UUID, programme: Programme, notice: NoticeKind, version: str) -> PaperText:
    """Find the version of a document that stands on a paper; the one in force where none is named.

    Raises:
        InvalidError: the document has no such version in this school.
    """
    if version in ("", programme.number_of(notice)):
        return PaperText(_in_force(programme, notice), current=True)
    for one in texts_to_choose(work, programme, notice):
        if one.version == version:
            return _standing_of(work, school_id, programme, notice, one)
    raise InvalidError(
        N_("Такой версии у этого документа нет."),
        code="no-such-text",
        fields={"version": N_("Выберите версию, которая напечатана на бланке.")},
    )


def text_taken_back(work: Work, programme: Programme, notice: NoticeKind, version: str) -> PaperText:
    """Find the text that a withdrawal takes back: whichever it is, nothing stands in a withdrawal's way."""
    current = _in_force(programme, notice)
    if version == current.version:
        return PaperText(current, current=True)
    published = printed_texts(work.connection, programme.id, notice)
    signed = next((one for one in published if one.version == version), current)
    return PaperText(signed, current=signed is current)


def texts_to_choose(work: Work, programme: Programme, notice: NoticeKind) -> Sequence[NoticeText]:
    """List the versions of a document that a paper of a school may carry, the one in force first."""
    current = _in_force(programme, notice)
    published = printed_texts(work.connection, programme.id, notice)
    numbers = [one.version for one in published]
    # What came out later is not printed here yet: the school goes by the version before.
    before = published[: numbers.index(current.version)] if current.version in numbers else published
    return [current, *reversed(before)]


def check_text(paper_text: PaperText, kind: ActKind, on_day: date) -> None:
    """Hold a consent on paper to the text that it stands on; a no needs no text.

    Raises:
        ConflictError: `text-changed`: it was signed after a text that differs in what matters was asked.
    """
    until = paper_text.asked_until
    if kind is ActKind.GIVEN and until is not None and on_day > until:
        raise ConflictError(
            N_(
                "На бланке прежний текст (версия %(version)s), а подписан он позже, чем вышел новый. "
                "Напечатайте новый бланк: согласие даётся заново."
            ),
            code="text-changed",
            version=paper_text.text.version,
        )


def judged_by(programme: Programme, paper_text: PaperText, kind: ActKind) -> Programme:
    """Give the programme by whose rules an act on a paper is judged.

    A consent on a text that lapsed is held against those on that text, not against their absence: what was
    given twice on it is told.
    """
    if paper_text.lapsed and kind is ActKind.GIVEN:
        return replace(programme, on_major_notice=OnMajor.STAND)
    return programme


def _in_force(programme: Programme, notice: NoticeKind) -> NoticeText:
    held = programme.notice(notice, "")
    return NoticeText(held.version, held.language, held.sha256)


def _standing_of(
    work: Work, school_id: UUID, programme: Programme, notice: NoticeKind, text: NoticeText
) -> PaperText:
    lapsed = text_lapsed(programme, notice, text.version)
    if not differs_in_what_matters(programme, notice, text.version):
        return PaperText(text, current=False, lapsed=lapsed)
    asked = first_asked(work.connection, school_id, programme.id, notice)
    newer = [at for number, at in asked.items() if major_of(number) > major_of(text.version)]
    until = min(newer).astimezone(work.settings.timezone).date() if newer else None
    return PaperText(text, current=False, lapsed=lapsed, asked_until=until)
