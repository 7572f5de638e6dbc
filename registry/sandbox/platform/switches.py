"""Switches that make the platform misbehave, so that its partners can show that they bear it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Event, Lock

from registry.errors import N_, InvalidError

MOST_TIMES = 1_000_000
LONGEST_WAIT_S = 1_000_000_000
LONGEST_ADDRESS = 500


class Fault(StrEnum):
    """What goes wrong with a request about a message."""

    DROP = "drop"
    """The message is taken in and the line is dropped without an answer."""
    FAIL_BEFORE = "fail-before"
    """500, and nothing is taken in."""
    FAIL_AFTER = "fail-after"
    """The message is taken in, and the answer is 500."""
    HANG = "hang"
    """No answer until the switch is off; then the request goes on, though nobody may wait for it any more."""
    BUSY = "busy"
    """429 with Retry-After, and nothing is taken in."""
    REDIRECT = "redirect"
    """307 to another address, and nothing is taken in."""
    ENDLESS = "endless"
    """The message is taken in, and the answer has no end."""
    TRUNCATED = "truncated"
    """The message is taken in, and the line ends in the middle of the acknowledgement."""
    NONSENSE = "nonsense"
    """The message is taken in, and the answer is no acknowledgement."""
    FOREIGN = "foreign"
    """The message is taken in, and the acknowledgement, well signed, is of another message."""


TITLES = {
    Fault.DROP: N_("принять и оборвать связь"),
    Fault.FAIL_BEFORE: N_("ошибка 500, не принимая"),
    Fault.FAIL_AFTER: N_("принять и ответить ошибкой 500"),
    Fault.HANG: N_("не отвечать"),
    Fault.BUSY: N_("ответ 429: просить подождать"),
    Fault.REDIRECT: N_("перенаправить на другой адрес"),
    Fault.ENDLESS: N_("принять и отвечать без конца"),
    Fault.TRUNCATED: N_("принять и оборвать подтверждение"),
    Fault.NONSENSE: N_("принять и ответить бессмыслицей"),
    Fault.FOREIGN: N_("принять и подтвердить другое сообщение"),
}


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch that is on.

    Attributes:
        times: requests that it still concerns; None until it is reset.
        wait: seconds that BUSY asks to wait.
        elsewhere: address that REDIRECT names.
        off: set when the switch is reset or another is turned on.
    """

    fault: Fault
    times: int | None = None
    wait: int = 5
    elsewhere: str = "https://elsewhere.example/messages"
    off: Event = field(default_factory=Event, compare=False)

    def as_json(self) -> dict[str, object]:
        """What the door shows."""
        return {
            "fault": self.fault.value,
            "times": self.times,
            "wait": self.wait,
            "elsewhere": self.elsewhere,
        }


def read_switch(said: object) -> Switch:
    """Read what a door was told.

    Raises:
        InvalidError: an unknown fault or key, or a value that is no such number or address.
    """
    if not isinstance(said, dict) or not set(said) <= {"fault", "times", "wait", "elsewhere"}:
        raise _wrong()
    given = {name: value for name, value in said.items() if value is not None}
    if given.pop("fault", None) not in list(Fault):
        raise _wrong()
    limits = {"times": MOST_TIMES, "wait": LONGEST_WAIT_S}
    for name, most in limits.items():
        value = given.get(name, 1)
        if type(value) is not int or not 1 <= value <= most:
            raise _wrong()
    elsewhere = given.get("elsewhere", "x")
    if not isinstance(elsewhere, str) or len(elsewhere) > LONGEST_ADDRESS or not elsewhere.isascii():
        raise _wrong()
    return Switch(Fault(said["fault"]), **given)


class Switches:
    """One switch at a time, turned while the platform runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._on: Switch | None = None
        self._last: Switch | None = None

    @property
    def on(self) -> Switch | None:
        """The switch that concerns the next request."""
        return self._on

    def turn(self, switch: Switch | None) -> None:
        """Turn a switch on instead of the one before, or all off; requests that hang go on."""
        with self._lock:
            if self._last is not None:
                self._last.off.set()
            self._on = self._last = switch

    def take(self) -> Switch | None:
        """Take the switch for one request."""
        with self._lock:
            taken = self._on
            if taken is not None and taken.times is not None:
                self._on = replace(taken, times=taken.times - 1) if taken.times > 1 else None
            return taken


def _wrong() -> InvalidError:
    return InvalidError(
        N_(
            "Нужны fault (один из переключателей) и, если надо, times (число запросов), "
            "wait (секунды) и elsewhere (адрес)."
        )
    )
