"""What a measurement says."""

from dataclasses import asdict, dataclass
from pathlib import Path

FIELDS = ("group", "name", "value", "unit", "limit", "ok", "floor", "peak_mib")
"""Of the JSON object, in their order."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        group: room of the registry.
        name: what was measured.
        value: in `unit`.
        limit: what it is held to; None where it only informs.
        at_least: the value must not be below the limit (else: not above).
        floor: what it was held against in the same run, in words with its own value.
        peak_mib: highest resident memory of the measured process, if it was taken.
    """

    group: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    floor: str = ""
    peak_mib: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the limit holds."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_object(self) -> dict[str, object]:
        """Give the figure as one JSON object."""
        said = asdict(self) | {"value": round(self.value, 4), "ok": self.ok}
        return {name: said[name] for name in FIELDS}


def own_peak_mib() -> float:
    """Give the highest resident memory of this process.

    The kernel's own account of a process begins with what its parent held when it was started; this one
    begins with the program.
    """
    return _status("VmHWM")


def resident_mib() -> float:
    """Give the resident memory of this process now."""
    return _status("VmRSS")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
