"""The chapter of this room in the API, and how a submission is told."""

import json
from typing import Any

from registry.errors import N_
from registry.submissions.message import Kind
from registry.submissions.models.records import Submission
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Day, Id, Moment, Pairs, Text, Whole
from registry.web.api.rooms import Room

room = Room("submissions", N_("Передача реестра"))


class SubmissionTold(Told):
    """A submission as it stands now."""

    id = Id()
    school_id = Id()
    programme = Text()
    kind = Choice(Kind)
    sequence = Whole()
    corrects = Id(allow_none=True)
    version = Whole()
    case_id = Id()
    state = Text()
    assignee_role = Text(allow_none=True)
    message_id = Id(allow_none=True)
    counts = Pairs(Whole(), metadata={"description": N_("Числа утверждаемого реестра; пусто до подготовки")})
    manifest_sha256 = Text(allow_none=True)
    content_sha256 = Text(allow_none=True)
    message_sha256 = Text(allow_none=True)
    message_bytes = Whole(allow_none=True)
    signing_key = Text(allow_none=True)
    recipient_key = Text(allow_none=True)
    opened_at = Moment()
    prepared_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    sent_on = Day(allow_none=True)
    verdict = Text(allow_none=True)


def told(one: Submission) -> dict[str, Any]:
    """Give a submission with the numbers of its manifest."""
    counts = json.loads(one.manifest)["counts"] if one.manifest else None
    return {name: getattr(one, name) for name in _OWN} | {"counts": counts or {}}


_OWN = tuple(name for name in SubmissionTold().fields if name != "counts")
