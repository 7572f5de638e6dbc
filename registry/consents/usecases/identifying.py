"""How it was found out who sits in a sitting: gathered once, when its code is entered, for each act in it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from registry.consents.models.moment import Moment
from registry.consents.models.sendings import Sendings, esia_of_sitting, sendings_of
from registry.consents.models.visits import Code, Sitting, keep_identified
from registry.consents.rules.evidence import Check
from registry.consents.rules.visits import GUESSES
from registry.consents.usecases.codes import MASKED
from registry.letters.rules import Channel
from registry.people.contacts import ContactKind, contact_key
from registry.people.models.persons import Contact
from registry.people.usecases.contacts import BY_STAFF
from registry.storage.schema import Json
from registry.trail.canonical import canonical
from registry.work import Work

PLACE: Final = "sittings.identified"
_METHODS = {ContactKind.PHONE: Check.SMS_CODE, ContactKind.EMAIL: Check.EMAIL_CODE}


def keep_how(work: Work, sitting: Sitting, code: Code, contact: Contact | None) -> None:
    """Keep with a sitting what is known of its link, its checks and its contact, sealed for the signer.

    Args:
        work: in which the code was entered.
        sitting: that the code belongs to.
        code: that was entered.
        contact: the signer's contact of that kind as it is now.
    """
    sent = sendings_of(work.connection, code)
    esia = esia_of_sitting(work.connection, sitting.school_id, sitting.id)
    said: dict[str, Json] = {
        "checks": _checks(work, code, sent, esia),
        "contact": _contact(work, code, contact),
        "invitation": _invitation(sent),
    }
    key = work.vault.key_of(work.connection, sitting.signer_id)
    keep_identified(work.connection, sitting.id, work.vault.seal(key, PLACE, sitting.id, canonical(said)))


def how_identified(work: Work, moment: Moment, sitting_id: UUID) -> dict[str, Json]:
    """Give what was kept with a sitting; nothing where its code was entered before such things were kept."""
    known = moment.met.get(moment.signer_id)
    if moment.identified is None or known is None or known.wrapped is None:
        return {}
    key = work.vault.unwrap(moment.signer_id, known.wrapped)
    said: dict[str, Json] = json.loads(work.vault.open(key, PLACE, sitting_id, moment.identified))
    return said


def _checks(work: Work, code: Code, sent: Sendings, esia: Mapping[str, Any] | None) -> list[Json]:
    checks: list[Json] = []
    if sent.invitation["opened_at"]:
        checks.append({"method": Check.LINK, "verified_at": _time(sent.invitation["opened_at"])})
    if esia:
        checks.append(
            {
                "method": Check.ESIA,
                "level": esia["level"],
                "entered_by": esia["entered_by"],
                "verified_at": _time(esia["identified_at"]),
            }
        )
    key = work.vault.key_of(work.connection, code.signer_id)
    letter = sent.of_code or {}
    checks.append(
        {
            "method": _METHODS[ContactKind(code.contact_kind)],
            "masked": work.vault.open_text(key, MASKED, code.id, code.masked),
            "keyed": code.destination_index.hex(),
            "sent_at": _time(code.sent_at),
            "letter": letter.get("state"),
            "provider_id": letter.get("provider_id"),
            "verified_at": _time(work.now),
            "attempts": GUESSES - code.guesses_left,
        }
    )
    return checks


def _contact(work: Work, code: Code, contact: Contact | None) -> dict[str, Json]:
    """Say whence the contact came; of one that was changed meanwhile that is not known any more."""
    same = contact is not None and code.destination_index == work.vault.blind_index(
        contact.kind.value, contact_key(contact.kind, contact.value)
    )
    if contact is None or not same:
        return {"kind": code.contact_kind, "source": None, "by_staff": code.contact_changed, "differs": True}
    return {
        "kind": code.contact_kind,
        "source": contact.source.value,
        "by_staff": code.contact_changed,
        "differs": contact.source not in BY_STAFF,
    }


def _invitation(sent: Sendings) -> dict[str, Json]:
    row = sent.invitation
    return {
        "id": str(row["id"]),
        "token_sha256": row["token_hash"].hex(),
        "channel": row["channel"],
        "created_at": _time(row["created_at"]),
        "created_by": str(row["created_by"]) if row["created_by"] else None,
        "opened_at": _time(row["opened_at"]) if row["opened_at"] else None,
        # What is printed for somebody passes through the hands of who prints it.
        "shown_to_staff": row["channel"] == Channel.PAPER,
        "sends": [
            {
                "kind": one["kind"],
                "channel": one["channel"],
                "state": one["state"],
                "promised_at": _time(one["created_at"]),
                "handed_over_at": _time(one["handed_over_at"]) if one["handed_over_at"] else None,
                "provider_id": one["provider_id"],
            }
            for one in sent.of_link
        ],
    }


def _time(moment: datetime) -> str:
    return moment.isoformat()
