"""The evidence of an act, opened: for its signer, for who may see his card, and for what is made of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from registry.consents.models.acts import ActRow, get_act
from registry.consents.models.receipts import leaf_of_act
from registry.consents.models.signatures import OpenedSignature, signatures_of_act
from registry.consents.rules.acts import ActKind
from registry.consents.rules.evidence import CODES, Check, Grounds
from registry.trail.leaf import Leaf, read_leaf
from registry.trail.opened import opening_of
from registry.work import Work


@dataclass(frozen=True, slots=True)
class ActEvidence:
    """An act with what was recorded of it; what is not in `said` was not recorded.

    Attributes:
        agreement: the act that concluded the agreement under which its code signs.
        leaf: of its entry in the trail.
        said: the opened evidence. destroyed: whether it is there no more.
        signatures: files of signatures that were attached later, no part of the act.
    """

    act: ActRow
    agreement: ActRow | None
    leaf: Leaf
    said: Mapping[str, Any]
    destroyed: bool
    signatures: tuple[OpenedSignature, ...] = ()

    @property
    def checks(self) -> list[Mapping[str, Any]]:
        """The checks of who acts, as they were passed."""
        return [one for one in self.said.get("checks", ()) if one.get("verified_at")]

    @property
    def grounds(self) -> Grounds:
        """What the rules of evidence judge by."""
        return Grounds(
            kind=self.act.kind,
            notice=self.act.notice,
            means=self.act.means,
            checks=_checks(self),
            link_seen=self.said.get("invitation", {}).get("shown_to_staff"),
            contact_by_staff=self.act.contact_changed,
            agreed=self.act.agreement is not None,
            verified=self.said.get("signature_verified") is True,
        )


def _checks(evidence: ActEvidence) -> frozenset[Check]:
    """Name the checks; an act of before they were kept tells of its code by the sitting's way in alone."""
    found = frozenset(Check(one["method"]) for one in evidence.checks)
    if found & CODES or evidence.act.kind is ActKind.INVALIDATED:
        return found
    ways = {"sms-code": Check.SMS_CODE, "email-code": Check.EMAIL_CODE}
    way = ways.get(evidence.said.get("auth", ""))
    return found | {way} if way and evidence.said.get("code") else found


def evidence_of_act(work: Work, school_id: UUID, act_id: UUID) -> ActEvidence:
    """Open the evidence of an act.

    Raises:
        NotFoundError: the school has no such act.
    """
    act = get_act(work.connection, school_id, act_id)
    agreement = get_act(work.connection, school_id, act.agreement) if act.agreement else None
    leaf = read_leaf(leaf_of_act(work.connection, act_id))
    opening = opening_of(work.connection, work.vault, leaf, act.signer)
    said = json.loads(opening.payload) if opening else {}
    files = signatures_of_act(work.connection, work.vault, school_id, act_id)
    return ActEvidence(act, agreement, leaf, said, destroyed=opening is None, signatures=tuple(files))
