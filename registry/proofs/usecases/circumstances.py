"""What is known of how an act was made, as rows of its document; an absent value is None, never a guess."""

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

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


def circumstances_of(work: Work, proved: Proved, words: Template) -> list[Circumstances]:
    """Tell all that is known of an act, group by group in the document's language, and its digests."""
    act = proved.act
    known = told_evidence(evidence_of_act(work, act.school_id, act.id), words.language)
    groups = [Circumstances(one.title, one.lines) for one in known]
    digests = [(words.say(label), value) for label, value in _digests(proved)]
    return [*groups, Circumstances(words.say("digests"), digests)]


def _digests(proved: Proved) -> list[Row]:
    return [
        ("seen_text_digest", proved.act.text_sha256),
        ("seen_act_digest", leaf_hash(proved.leaf).hex()),
        ("seen_event", str(read_leaf(proved.leaf).id)),
    ]


def told(time: datetime, zone: ZoneInfo) -> str:
    """Write a moment as people of a zone read it, with its offset."""
    return time.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S UTC%z")
