"""Whether a signature holds is judged behind this interface: a certified tool, or nobody."""

import json
import shlex
import subprocess
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

PATIENCE_S: Final = 30.0
LONGEST: Final = 200


class Verdict(StrEnum):
    """What is known of a signature: nobody judged it, it holds, or it does not."""

    NOT_CHECKED = "not_checked"
    HOLDS = "holds"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and in whose words: what the tool calls itself."""

    verdict: Verdict
    by: str = ""


NOT_CHECKED: Final = Judged(Verdict.NOT_CHECKED)


class Verifier(Protocol):
    """Judges whether a detached signature is a qualified one over exactly these bytes."""

    def verify(self, signature: bytes, document: bytes) -> Judged:
        """Judge; a tool that fails, or cannot tell, gives `NOT_CHECKED` and never more."""
        ...


class ProgramVerifier:
    """Has an external program judge, where a certified tool is at hand.

    It gets on its standard input one line of JSON, ``{"signature": bytes, "document": bytes}`` (two lengths),
    then the signature, then the document; it answers one line of JSON, ``{"holds": true, "by": "its name"}``.
    """

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)

    def verify(self, signature: bytes, document: bytes) -> Judged:
        """Run the program once."""
        head = json.dumps({"signature": len(signature), "document": len(document)}).encode() + b"\n"
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own setting, no shell
                self._words,
                input=head + signature + document,
                capture_output=True,
                timeout=PATIENCE_S,
                check=True,
            )
            return _read(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return NOT_CHECKED


def verifier_of(command: str) -> Verifier | None:
    """Give the verifier that a setting names; None where it names none."""
    return ProgramVerifier(command) if command.strip() else None


def _read(line: bytes) -> Judged:
    said = json.loads(line)
    if not isinstance(said, dict) or not isinstance(said.get("holds"), bool):
        return NOT_CHECKED
    by = "".join(one for one in str(said.get("by", "")) if unicodedata.category(one)[0] != "C")
    return Judged(Verdict.HOLDS if said["holds"] else Verdict.FAILS, by.strip()[:LONGEST])
