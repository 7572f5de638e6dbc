"""What the pages of this room share: the blueprint, words, and how a document is handed out."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from flask_babel import gettext

from registry.consents.pages.words import AGREEMENT_DECISIONS, DECISIONS
from registry.consents.rules.acts import ActKind
from registry.consents.rules.titles import NOTICES
from registry.documents.marks import readable_code
from registry.documents.pades.seen import Level
from registry.errors import N_
from registry.programmes.rules import NoticeKind
from registry.proofs.models.sealed import Sealed, Stamp
from registry.proofs.usecases.copies import Document
from registry.web.filters import moment as short_moment

LEVELS = {
    Level.B_B: N_("PAdES B-B: печать оператора, время по часам реестра"),
    Level.B_T: N_("PAdES B-T: печать оператора со штампом времени"),
}
STAMPS = {
    Stamp.NONE: N_("не предусмотрен"),
    Stamp.PENDING: N_("ожидается: служба времени не ответила, запрос повторится"),
    Stamp.THERE: N_("есть"),
}

blueprint = Blueprint("proofs", "registry.proofs.pages", template_folder="../templates")


def decision_in_words(notice: NoticeKind, kind: ActKind) -> str:
    """Say what was decided."""
    return str(gettext((AGREEMENT_DECISIONS if notice is NoticeKind.CODE_AGREEMENT else DECISIONS)[kind]))


def level_in_words(sealed: Sealed) -> str:
    """Say how far a seal reaches."""
    return str(gettext(LEVELS[sealed.level]))


def stamp_in_words(sealed: Sealed, zone: ZoneInfo) -> str:
    """Say whether a seal has a time stamp, and of what time."""
    said = str(gettext(STAMPS[sealed.stamp]))
    return said if sealed.stamped_at is None else f"{said}, {moment(sealed.stamped_at, zone)}"


def moment(time: datetime, zone: ZoneInfo) -> str:
    """Write a moment with the offset of its zone."""
    return time.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S UTC%z")


def listed(document: Document, zone: ZoneInfo, address: str) -> dict[str, object]:
    """Describe one document in a list; `address` is where it is fetched."""
    sealed, act = document.sealed, document.act
    return {
        "title": gettext(NOTICES[act.notice]),
        "decision": decision_in_words(act.notice, act.kind),
        "time": short_moment(act.recorded_at, zone),
        "level": level_in_words(sealed) if sealed else "",
        "stamp": stamp_in_words(sealed, zone) if sealed else "",
        "gone": document.gone,
        "address": address if sealed and not document.gone else "",
    }


def recorded(lines: Iterable[tuple[str, str | None]]) -> tuple[list[tuple[str, str]], list[str]]:
    """Part lines that have a value from the names of those that have none: these are named together."""
    told = list(lines)
    return [(name, value) for name, value in told if value], [name for name, value in told if not value]


def handed_out(data: bytes, document: Document) -> Response:
    """Hand a sealed document out, to be saved under the number of its act."""
    answer = Response(data, content_type="application/pdf")
    name = f"decision-{readable_code(document.act.id)}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
