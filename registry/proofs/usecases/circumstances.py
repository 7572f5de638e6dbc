"""What is known of how an act was made, as rows of its document; an absent value is None, never a guess."""

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from registry.catalogues import spoken
from registry.consents.told.evidence import told as told_evidence
from registry.consents.usecases.evidence import evidence_of_act
from registry.consents.usecases.receipts import Proved
from registry.documents.sealed_acts import Circumstances, Evidence
from registry.documents.templates import Template
from registry.errors import N_, GoneError
from registry.programmes.rules import Means
from registry.storage.schema import Json
from registry.trail.leaf import read_leaf
from registry.trail.merkle import leaf_hash
from registry.work import Work

ESIA = "esia"
Row = tuple[str, str | None]


def evidence_said(evidence: Evidence) -> Mapping[str, Json]:
    """Read the evidence of an act out of the opening of its signer's slot.

    Raises:
        GoneError: it was destroyed, or its signer's data were: there is nothing to show any more.
    """
    if evidence.opening is None:
        raise GoneError(N_("Обстоятельства этого решения уничтожены: документа о нём больше не будет."))
    said: dict[str, Json] = json.loads(json.loads(evidence.opening)["payload"])
    return said


def identified_in_words(proved: Proved, said: Mapping[str, Json], words: Template) -> str | None:
    """Say how it was found out who decided; never better than it was."""
    if proved.act.means is not Means.CODE:
        return words.say("by_paper")
    key = f"by_{str(said.get('auth', '')).replace('-', '_')}"
    if key not in words.words:
        return None
    return words.say(key) + (words.say("staff_contact") if proved.act.contact_changed else "")


def circumstances_of(
    work: Work, proved: Proved, said: Mapping[str, Json], words: Template
) -> list[Circumstances]:
    """Tell every piece of evidence with its value, and the digests of text and act.

    In a language that the registry speaks everything that is known is told, group by group; one whose
    catalogue is not there yet gets what stands in the document's own template.
    """
    digests = [(words.say(label), value) for label, value in _digests(proved)]
    if words.language in spoken():
        act = proved.act
        known = told_evidence(evidence_of_act(work, act.school_id, act.id), words.language)
        groups = [Circumstances(one.title, one.lines) for one in known]
        return [*groups, Circumstances(words.say("digests"), digests)]
    own = _of_click if proved.act.means is Means.CODE else _of_paper
    rows = [(words.say(label), value) for label, value in own(proved, said, words)]
    return [Circumstances(words.say("seen"), [*rows, *digests])]


def _of_click(proved: Proved, said: Mapping[str, Json], words: Template) -> list[Row]:
    fits = said.get("name_fits")
    served = _text(said, "served_at")
    return [
        ("seen_typed_name", _text(said, "typed_name")),
        ("seen_name_fits", words.say("yes" if fits else "no") if isinstance(fits, bool) else None),
        ("seen_declaration", _text(said, "declaration")),
        ("seen_served_at", told(datetime.fromisoformat(served), proved.school.timezone) if served else None),
        ("seen_on_day", proved.act.on_day.strftime("%d.%m.%Y")),
        *([("seen_level", _text(said, "level"))] if said.get("auth") == ESIA else []),
        ("seen_sitting", _text(said, "sitting")),
        ("seen_code_id", _text(said, "code")),
        ("seen_address", _text(said, "address")),
        ("seen_port", _text(said, "port")),
        ("seen_agent", _text(said, "agent")),
        ("seen_languages", _text(said, "languages")),
    ]


def _of_paper(proved: Proved, said: Mapping[str, Json], _words: Template) -> list[Row]:
    by, scan = proved.act.recorded_by, said.get("scan")
    kept = f"{scan['sha256']}, {scan['pages']}" if isinstance(scan, Mapping) else None
    return [
        ("seen_on_day", proved.act.on_day.strftime("%d.%m.%Y")),
        ("seen_recorded_by", str(by) if by else None),
        ("seen_checked_by", _text(said, "checked_by")),
        ("seen_place", proved.act.place),
        ("seen_scan", kept),
    ]


def _digests(proved: Proved) -> list[Row]:
    return [
        ("seen_text_digest", proved.act.text_sha256),
        ("seen_act_digest", leaf_hash(proved.leaf).hex()),
        ("seen_event", str(read_leaf(proved.leaf).id)),
    ]


def told(time: datetime, zone: ZoneInfo) -> str:
    """Write a moment as people of a zone read it, with its offset."""
    return time.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S UTC%z")


def _text(said: Mapping[str, Json], name: str) -> str | None:
    value = said.get(name)
    return str(value) if value not in (None, "") else None
