"""The text that somebody decided on, as he read it: whatever text is in force now."""

from dataclasses import dataclass

from registry.consents.models.acts import ActRow
from registry.consents.models.presentations import get_presentation
from registry.errors import NotFoundError
from registry.programmes.models import notice_of_digest
from registry.programmes.rendering import LINE
from registry.programmes.templates import PLACE, parse_template, plain
from registry.work import Work


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text that was decided on.

    Attributes:
        number: of the document's version.
        exact: word for word as it was on the screen; else the form, with lines where the paper says it.
    """

    number: str
    language: str
    paragraphs: tuple[str, ...]
    exact: bool


def signed_text(work: Work, act: ActRow) -> SignedText | None:
    """Give the text of an act; nothing where it was destroyed, or none was shown."""
    if act.presentation_id is None:
        return _form_of(work, act)
    try:
        shown = get_presentation(work.connection, work.vault, act.school_id, act.presentation_id, act.signer)
    except NotFoundError:
        return None
    return SignedText(act.notice_version, act.language, _paragraphs(shown.body.decode()), exact=True)


def _form_of(work: Work, act: ActRow) -> SignedText | None:
    found = notice_of_digest(work.connection, act.text_sha256)
    if found is None:
        return None
    text = PLACE.sub(LINE, plain(parse_template(found[1])))
    return SignedText(found[0], act.language, _paragraphs(text), exact=False)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split("\n\n") if one.strip())
