"""Letters that were handed over, in order of arrival: in memory, and in a file that outlives a restart."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition
from time import monotonic


@dataclass(frozen=True, slots=True)
class Letter:
    """What was handed over for one address.

    Attributes:
        seq: number in order of arrival, from 1.
        channel: "email" or "sms".
        to: e-mail address in lower case, or telephone number as given.
        at: when it arrived, RFC 3339 in UTC.
        attached: JSON files that came along, by name.
    """

    seq: int
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    at: str
    attached: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter before it has a number; `key` is its sender's id, which is taken once only."""

    channel: str
    to: str
    text: str
    sender: str = ""
    subject: str = ""
    key: str = ""
    attached: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters a reader asks for: after a number, to an address or to all, at most so many."""

    after: int = 0
    to: str | None = None
    limit: int = 10_000


class Box:
    """All letters; safe for threads."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._arrived = Condition()
        self._letters: list[Letter] = []
        self._lines: list[bytes] = []
        self._by_address: defaultdict[str, list[int]] = defaultdict(list)
        self._keys: dict[str, int] = {}
        self._file = home / "letters.jsonl"
        self._read_back()
        self._journal = self._file.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def add(self, handed: Handed) -> int:
        """Keep a letter; give its number, the earlier one if its key was taken before."""
        with self._arrived:
            if handed.key and handed.key in self._keys:
                return self._keys[handed.key]
            letter = Letter(
                seq=len(self._letters) + 1,
                channel=handed.channel,
                to=address(handed.to),
                sender=handed.sender,
                subject=handed.subject,
                text=handed.text,
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                attached=handed.attached,
            )
            self._keep(letter, handed.key)
            self._journal.write(self._lines[-1] + b"\n")
            self._arrived.notify_all()
            return letter.seq

    def read(self, wanted: Wanted, wait: float = 0) -> Sequence[bytes]:
        """The wanted letters as JSON objects; waits up to `wait` seconds for the first one."""
        end = monotonic() + wait
        with self._arrived:
            found = self._find(wanted)
            while not found and self._arrived.wait(max(0, end - monotonic())):
                found = self._find(wanted)
            return [self._lines[number - 1] for number in found]

    def letter(self, seq: int) -> Letter | None:
        """One letter."""
        with self._arrived:
            return self._letters[seq - 1] if 0 < seq <= len(self._letters) else None

    def newest(self, to: str | None, count: int) -> Sequence[Letter]:
        """The newest letters first."""
        with self._arrived:
            if to is None:
                return self._letters[: -count - 1 : -1]
            return [self._letters[number - 1] for number in self._by_address[address(to)][: -count - 1 : -1]]

    def _find(self, wanted: Wanted) -> Sequence[int]:
        if wanted.to is None:
            return range(wanted.after + 1, min(wanted.after + wanted.limit, len(self._letters)) + 1)
        numbers = self._by_address.get(address(wanted.to), [])
        return [number for number in numbers if number > wanted.after][: wanted.limit]

    def _keep(self, letter: Letter, key: str) -> None:
        self._letters.append(letter)
        self._lines.append(json.dumps(asdict(letter) | {"key": key}, ensure_ascii=False).encode())
        self._by_address[letter.to].append(letter.seq)
        if key:
            self._keys[key] = letter.seq

    def _read_back(self) -> None:
        """Take in what an earlier run left; a line that a kill cut short is dropped."""
        if not self._file.exists():
            return
        data = self._file.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) != len(data):
            self._file.write_bytes(whole)
        for line in whole.splitlines():
            said = json.loads(line)
            self._keep(Letter(**{name: said[name] for name in Letter.__slots__ if name in said}), said["key"])


def address(text: str) -> str:
    """An address as letters are kept under: e-mail without regard to case."""
    return text.strip().lower()
