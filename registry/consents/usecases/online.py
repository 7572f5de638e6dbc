"""The last click of the online journey makes the act: one read, then the rows."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.esia_logins import level_of_sitting
from registry.consents.models.moment import Moment, Shown, Where
from registry.consents.reasons import reason_said
from registry.consents.rules import signing
from registry.consents.rules.acts import Act, ActKind, time_of_next
from registry.consents.rules.capacity import Asked
from registry.consents.rules.signing import Drafted, Signature
from registry.consents.usecases.clicking import Click, Said, evidence_of_click, fits
from registry.consents.usecases.standing import asked_at, held_moment_of
from registry.consents.usecases.writing import Circumstances, Document, Signed, tell_if_lost, write_act
from registry.errors import N_, ConflictError, InvalidError
from registry.programmes.models import read_programme, way_between
from registry.programmes.rules import Means, NoticeKind, Programme
from registry.programmes.rules.numbers import Change
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.work import Work

ESIA = "esia"
"""How a sitting says that a login by ESIA opened it."""

_Rule = Callable[[Asked, Iterable[Act], Signature], Drafted]
_RULES: dict[ActKind, _Rule] = {
    ActKind.GIVEN: signing.give,
    ActKind.REFUSED: signing.refuse,
    ActKind.WITHDRAWN: signing.withdraw,
}


def record_online_act(work: Work, where: Where, said: Said) -> Signed:
    """Make the act of a signer in his sitting: he gives, refuses or withdraws.

    Args:
        work: acted by the signer.
        where: the document, the sitting, and the text that he was given to read (needed to give).
        said: what he said.

    Raises:
        GoneError: the sitting is over.
        ConflictError: `text-changed`: the text is not what he read; `code-needed`: no code was entered in the
            sitting yet; or the rules do not allow it now.
        ForbiddenError: he may not act for this student any longer.
        InvalidError: `name-differs`: he gives under another name than his card's, and was not asked yet.
        NotFoundError: there is no such document in this sitting.
    """
    work.share(SCHOOL_LOCK, where.school_id)
    moment = held_moment_of(work, where)
    if moment.code_id is None:
        raise code_needed()
    programme = read_programme(work.connection, moment.version_id)
    if said.kind is ActKind.GIVEN:
        _check_text(work, moment)
        _check_name(moment, said)
    signature = Signature(Means.CODE, work.today, work.today)
    drafted = _RULES[said.kind](asked_at(work, moment, programme), moment.history, signature)
    reach("act.before-evidence")
    evidence = evidence_of_click(work, Click(moment, programme, where, said, drafted))
    code, words = reason_said(said.kind, said.reason_code, said.reason)
    evidence |= _identified(work, where, moment.auth) | words
    around = replace(_circumstances(moment, programme, evidence, work.now), reason=code)
    signed = write_act(work, _document(moment), drafted, around)
    if said.kind is not ActKind.GIVEN and moment.notice is not NoticeKind.CODE_AGREEMENT:
        tell_if_lost(work, moment.school_id, moment.programme, moment.about_id)
    return signed


def _document(moment: Moment) -> Document:
    return Document(
        moment.school_id,
        moment.programme,
        moment.consent_id,
        moment.notice,
        moment.notice_version,
        moment.signer_id,
        moment.about_id,
    )


def code_needed() -> ConflictError:
    """Say that who logged in by ESIA is known by it, but signs by a code."""
    return ConflictError(
        N_(
            "Чтобы подписать, введите код: вход через Госуслуги подтверждает, кто вы, но не заменяет подпись."
        ),
        code="code-needed",
    )


def _check_text(work: Work, moment: Moment) -> None:
    """Hold the text that was read to everything that it was made of.

    Where only the document's words changed since, and not in what matters, he may sign what he read.
    """
    shown = moment.shown
    if shown is None or shown.on_day != work.today or not _still_holds(work, moment, shown):
        raise ConflictError(
            N_("Текст документа тем временем изменился. Прочитайте его ещё раз и решите снова."),
            code="text-changed",
        )


def _still_holds(work: Work, moment: Moment, shown: Shown) -> bool:
    if shown.made_of == moment.made_of:
        return True
    read, _, beside = shown.made_of.partition("/")
    if beside != moment.made_of.partition("/")[2]:
        return False
    way = way_between(work.connection, UUID(read), moment.version_id)
    matters = [one for one in way or () if one.kind is moment.notice and one.change is Change.MAJOR]
    return way is not None and not matters


def _check_name(moment: Moment, said: Said) -> None:
    """Ask once who signs under another name: a link may have come to the wrong person."""
    if said.insists or fits(moment, said):
        return
    differs = N_("Имя не такое, как у того, кому школа прислала ссылку. Исправьте его или подтвердите ниже.")
    raise InvalidError(differs, code="name-differs", fields={"full_name": differs})


def _circumstances(
    moment: Moment, programme: Programme, evidence: dict[str, Json], now: datetime
) -> Circumstances:
    shown = moment.shown
    notice = programme.notice(moment.notice, "")
    digest = shown.text_sha256 if shown else notice.sha256
    return Circumstances(
        text_sha256=digest,
        language=shown.language if shown else notice.language,
        evidence=evidence | {"text_sha256": digest},
        recorded_at=time_of_next(moment.history, now),
        presentation_id=shown.id if shown else None,
        contact_changed=moment.contact_changed,
    )


def _identified(work: Work, where: Where, auth: str) -> dict[str, Json]:
    """Say of a sitting that a login by ESIA opened how far ESIA vouches for the account."""
    if auth != ESIA:
        return {}
    return {"level": level_of_sitting(work.connection, where.school_id, where.sitting_id)}
