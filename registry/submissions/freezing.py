"""Freezing: from decided students to lines, parts, manifest and bytes."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.storage import collector
from registry.submissions.entries import HEADER, Included
from registry.submissions.message import Heading, Part, lines, manifest, pack
from registry.submissions.rules import Counts, Line, counts_of, digest_of
from registry.submissions.spreadsheet import spreadsheet
from registry.trail.canonical import encode


@dataclass(frozen=True, slots=True)
class Decided:
    """One student of the roster with the decision, and his entry when he is to be included."""

    student_id: UUID
    class_name: str
    state: str
    included: Included | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a freeze gives: a line a student of the roster, and the entries of the included by their ids."""

    lines: Sequence[Line]
    included: Sequence[Included]

    @property
    def lines_sha256(self) -> str:
        """Digest of the lines, hex."""
        return digest_of(self.lines)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes that the director signs off and that are sealed later, with what they say of themselves."""

    manifest: bytes
    payload: bytes
    counts: Counts | None

    @property
    def content_sha256(self) -> str:
        """Digest over the digests of all parts, hex."""
        parts = json.loads(self.manifest)["parts"]
        listed = "\n".join(f"{name} {said['sha256']}" for name, said in sorted(parts.items()))
        return hashlib.sha256(listed.encode()).hexdigest()

    @property
    def manifest_sha256(self) -> str:
        """Digest that the director signs off, hex."""
        return hashlib.sha256(self.manifest).hexdigest()


def content_of(students: Sequence[Decided], print_of: Callable[[str], bytes]) -> Content:
    """Take the lines and entries of decided students.

    Args:
        students: in the order of the message.
        print_of: keyed digest of a text; unkeyed digests of personal data are not kept anywhere.
    """
    taken = [
        Line(
            one.student_id,
            one.class_name,
            one.state,
            one.included.entry_id if one.included else None,
            print_of(_said(one)),
        )
        for one in students
    ]
    included = sorted((one.included for one in students if one.included), key=lambda one: one.entry_id)
    return Content(taken, included)


def _said(one: Decided) -> str:
    """Write all that is frozen about a student; the entry's id is not a fact about him."""
    if one.included is None:
        return f"{one.class_name}\n{one.state}"
    entry = {key: value for key, value in one.included.as_json().items() if key != "entry_id"}
    acts = one.included.acts_as_json()["acts"]
    return encode({"state": one.state, "entry": entry, "acts": acts}).decode()


@collector.at_rest()
def freeze(content: Content, heading: Heading) -> Frozen:
    """Build the bytes of a whole registry.

    Raises:
        ConflictError: somebody's decision is open.
    """
    counts = counts_of(content.lines)
    parts = [
        lines("registry.jsonl", (one.as_json() for one in content.included)),
        lines("consents.jsonl", (one.acts_as_json() for one in content.included)),
        spreadsheet(HEADER, (row for one in content.included for row in one.as_rows())),
    ]
    return _frozen(heading, counts, parts)


def freeze_withdrawal(heading: Heading, entries: Mapping[UUID, UUID]) -> Frozen:
    """Build the bytes that tell the platform which entries to destroy.

    Args:
        heading: of kind `withdrawal`.
        entries: entry id -> id of the message that carried it.
    """
    told = (
        {"entry_id": str(entry), "of_message": str(message)} for entry, message in sorted(entries.items())
    )
    part = lines("withdrawn.jsonl", told)
    return _frozen(heading, None, [part])


def _frozen(heading: Heading, counts: Counts | None, parts: Sequence[Part]) -> Frozen:
    written = manifest(heading, counts, parts)
    return Frozen(written, pack(written, parts), counts)
