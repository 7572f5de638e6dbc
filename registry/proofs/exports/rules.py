"""Orders of an export: what is asked, where each stands, and how what goes into the file is called."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.errors import N_, ConflictError, ForbiddenError, GoneError, InvalidError

LONGEST_RECEIVER: Final = 200
NO_RECEIVER: Final = N_("Укажите, кому выдаются документы: до 200 знаков.")
NO_PLACE: Final = N_("Выберите, чьи документы выгрузить.")
FIELD_SETS: Final = {False: "document", True: "document-and-bundle"}
"""What documents show, by whether bundles go along: the ledger names it behind programme and version."""
NO_PROGRAMME: Final = N_("Выберите программу.")


class Span(StrEnum):
    """Whose documents: of one school, or of all schools below a branch."""

    SCHOOL = "school"
    MUNICIPALITY = "municipality"
    REGION = "region"


class State(StrEnum):
    """Where an export stands; only a ready one is handed out."""

    WAITING = "waiting"
    PACKING = "packing"
    READY = "ready"
    CANCELLED = "cancelled"
    DESTROYED = "destroyed"

    @property
    def active(self) -> bool:
        """Whether somebody has to work on it."""
        return self in {State.WAITING, State.PACKING}

    @property
    def over(self) -> bool:
        """Whether there is no file and there will be none."""
        return self in {State.CANCELLED, State.DESTROYED}


class Line(StrEnum):
    """What became of one document of an export.

    `AGAIN` went wrong once and is tried once more; `CUT` is in the file and has to come out of it.
    """

    WAITING = "waiting"
    AGAIN = "again"
    PACKED = "packed"
    CUT = "cut"
    ERASED = "erased"
    OPTED_OUT = "opted-out"
    FAILED = "failed"


LEFT_OUT: Final = frozenset({Line.ERASED, Line.OPTED_OUT, Line.FAILED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody orders; texts as they were typed.

    Attributes:
        programme: of which programme.
        bundles: whether the bundle of each consent goes along.
        receiver: to whom they are given. reason, basis: for what, and on the strength of which document.
    """

    programme: str
    bundles: bool
    receiver: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Export:
    """An ordered export.

    Attributes:
        region_id, municipality_id: the branch that its place stands in, as far as it is one.
        role: in which capacity it was ordered. ordered_by: None at a terminal.
        total: documents and bundles; packed, left_out: how many of them are in the file, or are not and why
            is said in its index.
        parts: how many pieces of the file were written. revision: how many facts the trail has of it.
        size: of the whole file; sums_sha256: of its signed list of digests; both None until it is ready.
        expires_at: when the file is destroyed.
    """

    id: UUID
    programme: str
    span: Span
    place_id: UUID
    region_id: UUID
    municipality_id: UUID | None
    bundles: bool
    receiver: str
    reason: str
    basis: str
    state: State
    role: str
    ordered_by: UUID | None
    ordered_at: datetime
    revision: int = 1
    total: int = 0
    packed: int = 0
    left_out: int = 0
    parts: int = 0
    fetched: int = 0
    size: int | None = None
    sums_sha256: str | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def done(self) -> int:
        """Count what is settled: in the file, or left out of it."""
        return self.packed + self.left_out

    @property
    def school_id(self) -> UUID | None:
        """Name the school, where it is one school's."""
        return self.place_id if self.span is Span.SCHOOL else None


def check_receiver(text: str) -> str:
    """Take the receiver as it was typed, with its blanks set right.

    Raises:
        InvalidError: nothing is left of it, it is too long, or has signs that are no text.
    """
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST_RECEIVER or not plain.isprintable():
        raise InvalidError(NO_RECEIVER, fields={"receiver": NO_RECEIVER})
    return plain


def demand_going(export: Export) -> None:
    """Refuse to cancel what is over.

    Raises:
        ConflictError: there is no file any more.
    """
    if export.state.over:
        raise ConflictError(
            N_("Этой выгрузки уже нет: её отменили или срок файла истёк."), code="export-over"
        )


def demand_own(export: Export, user_id: UUID | None, now: datetime) -> None:
    """Hand the file to nobody but who ordered it, while it is there.

    Raises:
        GoneError: it was destroyed. ConflictError: it is not ready. ForbiddenError: somebody else ordered it.
    """
    if export.state.over or (export.expires_at is not None and export.expires_at <= now):
        raise GoneError(N_("Файл этой выгрузки уничтожен: закажите новую."))
    if export.state is not State.READY:
        raise ConflictError(N_("Выгрузка ещё не готова."), code="export-not-ready")
    if export.ordered_by != user_id:
        raise ForbiddenError(N_("Файл получает только тот, кто его заказал."), code="export-of-another")


def document_name(folder: int, number: int, code: str) -> str:
    """Call a document's file by its school's folder, its number in the index and the code printed on it."""
    return f"{folder:03}/{number:06}-{code}.pdf"


def bundle_name(folder: int, number: int) -> str:
    """Call a bundle's file by its school's folder and its number in the index."""
    return f"{folder:03}/{number:06}-bundle.zip"
