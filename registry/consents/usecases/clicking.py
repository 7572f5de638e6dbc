"""What is known of a last click: the evidence of an online act, sealed for its signer in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from registry.consents.models.moment import Moment, Where
from registry.consents.rules.acts import ActKind
from registry.consents.rules.evidence import RETENTION_RULE, retained_until
from registry.consents.rules.signing import Drafted
from registry.consents.usecases.identifying import how_identified
from registry.programmes.rules import Programme
from registry.storage.schema import Json
from registry.storage.synchronised import clock_state
from registry.work import Work

LONGEST_SAID: Final = 300
CALLER: Final = ("session", "address", "peer", "port", "forwarded", "proxies", "agent", "languages")
"""What is kept of where a click came from."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the last click says.

    Attributes:
        kind: given, refused or withdrawn.
        typed_name: the full name as typed; it may differ from the card, and then that is noted.
        insists: he was told that the name differs, and signs all the same.
        declaration, button: the words above the button and on it, as shown.
        reason, reason_code: why he says no, in words and by a code of the list; nobody has to say it.
        checked_at: when the page was handed out on which he pressed the button, where that is certain.
        caller: where the request came from, by name; what is not known is left out or empty.
    """

    kind: ActKind
    typed_name: str = ""
    insists: bool = False
    declaration: str = ""
    button: str = ""
    reason: str = ""
    reason_code: str = ""
    checked_at: datetime | None = None
    caller: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Click:
    """A last click before the act is written: where, what was said, and what the rules made of it."""

    moment: Moment
    programme: Programme
    where: Where
    said: Said
    drafted: Drafted


def evidence_of_click(work: Work, click: Click) -> dict[str, Json]:
    """Say what is known of a click; what is not known is absent and will be told as not recorded."""
    moment, said = click.moment, click.said
    evidence: dict[str, Json] = {
        "sitting": str(click.where.sitting_id),
        "code": str(moment.code_id),
        "auth": moment.auth,
        "notice_version": moment.notice_version,
        "typed_name": _short(said.typed_name),
        "register_name": " ".join(moment.signer_name),
        "name_fits": fits(moment, said),
        "declaration": _short(said.declaration),
        "button": _short(said.button),
        "decided_at": work.now.isoformat(),
        "clock": clock_state(),
        "rule": f"{click.programme.id}/{click.programme.version}",
        "retain": {"until": retained_until(work.today).isoformat(), "rule": RETENTION_RULE},
        "pdf_offered": False,
        "method": "typed-and-button",
        **_caller(said.caller),
        **_reading(click),
        **how_identified(work, moment, click.where.sitting_id),
    }
    optional = {"age": click.drafted.age, "authority": _authority(moment)}
    return evidence | {name: value for name, value in optional.items() if value not in (None, "")}


def of_staff(work: Work) -> dict[str, Json]:
    """Say what is known of an act that staff enter: in what role, by which clock, how long it is kept."""
    return {
        "role": work.actor.role,
        "decided_at": work.now.isoformat(),
        "clock": clock_state(),
        "retain": {"until": retained_until(work.today).isoformat(), "rule": RETENTION_RULE},
    }


def fits(moment: Moment, said: Said) -> bool:
    """Tell whether the name as typed is that of the card; case and the dots of ё make no difference."""
    return _words(said.typed_name) == _words(" ".join(moment.signer_name))


def _reading(click: Click) -> dict[str, Json]:
    """Say which pages were passed, and when: the text, and the one with the button."""
    shown, checked = click.moment.shown, click.said.checked_at
    found: dict[str, Json] = {}
    if shown:
        found |= {"presentation": str(shown.id), "served_at": shown.served_at.isoformat()}
    if checked:
        found["checked_at"] = checked.isoformat()
    return found


def _caller(caller: Mapping[str, str]) -> dict[str, Json]:
    return {name: _short(caller[name]) for name in CALLER if caller.get(name)}


def _authority(moment: Moment) -> Json:
    tie = moment.tie
    if tie is None:
        return None
    return {"id": str(tie.id), "version": tie.version, "relation": tie.relation}


def _short(text: str) -> str:
    return text[:LONGEST_SAID]


def _words(name: str) -> list[str]:
    return name.casefold().replace("ё", "е").split()
