"""Entering a paper with the missing fields that it carries: at once, or first before a second person."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from registry.consents.models.checks import Carry, Check, KeptFile, add_check, checks_of_student
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import CheckState, Draw, draw
from registry.consents.usecases.own_data import Told, what_is_wrong
from registry.consents.usecases.paper import (
    Checked,
    Paper,
    counts_no_more,
    foresee_paper_act,
    record_paper_act,
)
from registry.consents.usecases.scans import told_of
from registry.consents.usecases.writing import Signed
from registry.errors import N_, ConflictError, InvalidError
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Person
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.corrections import correct_field
from registry.storage.failpoints import reach
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

CHECK = "paper-check"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a paper says of the person of whom it speaks, besides the decision.

    Attributes:
        values: texts by field, only of fields that were empty.
        vouches: whether the signature stands for the contacts too.
    """

    person: Person
    values: Mapping[str, str] = field(default_factory=dict)
    vouches: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of it: the act, and the fields that were left out since somebody else holds the value.

    Attributes:
        signed: none where a second person looks first; check_id: then of what waits for him.
        lapsed: whether it was given on a text on which consents count no more.
    """

    signed: Signed | None
    left_out: tuple[str, ...] = ()
    check_id: UUID | None = None
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """By which seed and which id a paper is drawn: of a form from a stack the form's, else its own."""

    seed: str
    subject: UUID
    form_id: UUID | None = None


def wrong_fields(work: Work, carried: Carried) -> dict[str, InvalidError]:
    """Hold the texts against the rules of their fields, before anything is written."""
    return what_is_wrong(work, carried.person, Told(carried.values))


def enter_paper(work: Work, paper: Paper, carried: Carried, lot: Lot | None = None) -> Entered:
    """Record what a paper says, or keep it for a second person where the draw wants one.

    Raises:
        ConflictError: an entry of the same paper waits already, or as `record_paper_act`.
        RegistryError: as `record_paper_act`; nothing was written then.
    """
    if paper.kind is ActKind.WITHDRAWN:
        return record_entered(work, paper, carried)  # holds at once: nobody's second look may delay it
    earlier = _earlier(work, paper)
    if any(one.state is CheckState.WAITING for one in earlier):
        raise ConflictError(
            N_("Эта бумага уже внесена и ждёт проверки вторым человеком."), code="paper-waits"
        )
    again = any(one.state is CheckState.SENT_BACK for one in earlier)
    lot = lot or Lot(secrets.token_hex(16), work.new_id())
    drawn = draw(work.settings.paper_check, lot.seed, lot.subject, again=again)
    if drawn.drawn:
        return Entered(None, check_id=_keep_for_check(work, (paper, carried), drawn, lot))
    told = dict(paper.check.told) if paper.check else {}
    if drawn.percent:
        told["check"] = told_of_draw(drawn, lot.subject)
    return record_entered(work, replace(paper, check=Checked(work.actor.id, told)), carried)


def record_entered(work: Work, paper: Paper, carried: Carried) -> Entered:
    """Record the act of a paper, then the fields that it carries, and confirm the contacts that it states.

    Raises:
        RegistryError: as `record_paper_act`; nothing was written then.
    """
    signed = record_paper_act(work, paper)
    left_out = [
        name
        for name, text in carried.values.items()
        if not _write(work, paper.school_id, carried, name, text)
    ]
    if carried.vouches:
        for kind in ContactKind:
            confirm_contact(work, carried.person.id, kind, Confirmed.STATEMENT)
    return Entered(signed, tuple(left_out), lapsed=counts_no_more(work, paper))


def told_of_draw(drawn: Draw, subject: UUID) -> dict[str, Json]:
    """Tell of a draw so that anybody can repeat it."""
    return {
        "percent": drawn.percent,
        "seed": drawn.seed,
        "subject": str(subject),
        "number": drawn.number,
        "again": drawn.again,
    }


def _earlier(work: Work, paper: Paper) -> list[Check]:
    found = checks_of_student(work.connection, paper.school_id, paper.programme_id, paper.student_id)
    return [one for one in found if (one.signer_id, one.notice) == (paper.signer_id, paper.notice)]


def _keep_for_check(work: Work, said: tuple[Paper, Carried], drawn: Draw, lot: Lot) -> UUID:
    paper, carried = said
    version = foresee_paper_act(work, paper)
    check = Check(
        id=work.new_id() if lot.form_id else lot.subject,
        school_id=paper.school_id,
        programme=paper.programme_id,
        student_id=paper.student_id,
        signer_id=paper.signer_id,
        person_id=carried.person.id,
        notice=paper.notice,
        kind=paper.kind,
        on_day=paper.on_day,
        place=paper.place.strip(),
        draw=drawn,
        entered_by=work.actor.id,
        entered_at=work.now,
        scan=_keep_file(work, paper),
        form_id=lot.form_id,
        notice_version=version,
    )
    add_check(
        work.connection,
        work.vault,
        check,
        Carry(dict(carried.values), carried.vouches, paper.reason, paper.note),
    )
    reach("check.row-before-entry")
    _record(work, check, told_of_draw(drawn, lot.subject), told_of(paper.scan))
    return check.id


def _record(work: Work, check: Check, drawn: dict[str, Json], scan: dict[str, Json]) -> None:
    state: dict[str, Json] = {
        "programme": check.programme,
        "notice": check.notice.value,
        "notice_version": check.notice_version,
        "draw": drawn,
    }
    evidence: dict[str, Json] = {"kind": check.kind.value, "on_day": check.on_day.isoformat()}
    slots = [Slot(check.signer_id, evidence | {"place": check.place} | scan)]
    if check.student_id != check.signer_id:
        slots.append(Slot(check.student_id, None))
    about = ObjectRef(CHECK, check.id, 1)
    work.record(Entry(EntryType.PAPER_ENTERED, about, state, check.school_id, tuple(slots)))


def _keep_file(work: Work, paper: Paper) -> KeptFile | None:
    if paper.scan is None:
        return None
    scan_file = work.new_id()
    work.files.put(scan_file, paper.scan.data)
    return KeptFile(scan_file, paper.scan.kind, paper.scan.pages, paper.scan.sha256)


def _write(work: Work, school_id: UUID, carried: Carried, name: str, text: str) -> bool:
    if not text.strip():
        return True
    return correct_field(work, school_id, carried.person.id, name, text).collision is None
