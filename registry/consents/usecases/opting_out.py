"""Opting out: from a programme's e-learning, whole or in part, or from a channel; and taking that back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from registry.consents import facts
from registry.consents.decisions import Known, as_decided
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models import opt_outs
from registry.consents.reasons import ReasonOf, check_reason
from registry.consents.rules import opt_outs as rules
from registry.consents.rules.capacity import Capacity
from registry.consents.rules.opt_outs import Matter, OptOutKind
from registry.consents.usecases.refused_channels import REACHED
from registry.consents.usecases.writing import tell_if_lost
from registry.errors import N_, InvalidError
from registry.people.models.families import Family
from registry.programmes.models import participation_of
from registry.programmes.rules import Means, Programme
from registry.storage.failpoints import reach
from registry.storage.queries import share
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LONGEST_PLACE = 200
_TYPES = {OptOutKind.GIVEN: EntryType.OPT_OUT_GIVEN, OptOutKind.ENDED: EntryType.OPT_OUT_ENDED}


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody says, in his sitting or on a paper that staff enter.

    Attributes:
        on_day: the day on it, from which it counts.
        place: where the paper lies; empty for one that was made online.
        reason, note: why, by a code of the list and in words; nobody has to say it.
        evidence: of the click; sealed for the signer.
    """

    signer_id: UUID
    on_day: date
    means: Means
    place: str = ""
    reason: str = ""
    note: str = ""
    evidence: Mapping[str, Json] = field(default_factory=dict)


def opt_out(work: Work, family: Family, matter: Matter, said: Application) -> UUID:
    """Opt a student out; it counts from the day on the application.

    Raises:
        ForbiddenError: the signer may not; the words say why.
        ConflictError: it stands already, or the programme takes no refusal.
        InvalidError: the day lies ahead, the place of the paper is missing, or there is no such thing.
    """
    share(work.connection, SCHOOL_LOCK, family.school_id)
    programme = _programme(work, family, matter)
    _check(work, said)
    rules.check_matter(matter, programme)
    capacity = _capacity(family, said, programme)
    held = opt_outs.opt_outs_of_student(work.connection, family.school_id, family.student.id)
    rules.check_new(held, said.signer_id, matter)
    return _write(work, family, said, {"kind": OptOutKind.GIVEN, "capacity": capacity, "matter": matter})


def end_opt_out(work: Work, family: Family, opt_out_id: UUID, said: Application) -> UUID:
    """Take an opt-out back; only who gave it, and while he may act for the student.

    Raises:
        ForbiddenError: somebody else gave it, or he may act no longer.
        ConflictError: there is none, or it was ended before.
        InvalidError: the day does not hold, or the place of the paper is missing.
    """
    share(work.connection, SCHOOL_LOCK, family.school_id)
    _check(work, said)
    held = opt_outs.opt_outs_of_student(work.connection, family.school_id, family.student.id)
    target = rules.to_be_ended(held, opt_out_id, said.signer_id)
    if said.on_day < target.on_day:
        raise InvalidError(
            N_("Дата раньше самого отказа; проверьте её."),
            fields={"on_day": N_("Эта дата раньше самого отказа.")},
        )
    capacity = _capacity(family, said, _programme(work, family, target.matter))
    what = {"kind": OptOutKind.ENDED, "capacity": capacity, "matter": target.matter, "ends": target.id}
    return _write(work, family, said, what)


def _programme(work: Work, family: Family, matter: Matter) -> Programme | None:
    if matter.programme is None:
        return None
    return participation_of(work.connection, family.school_id, matter.programme).programme


def _capacity(family: Family, said: Application, programme: Programme | None) -> Capacity:
    reached = programme.age_reached if programme else REACHED
    return rules.may_opt_out(as_decided(family, Known({}, {})), said.signer_id, said.on_day, reached)


def _check(work: Work, said: Application) -> None:
    if said.on_day > work.today:
        raise InvalidError(
            N_("Дата документа в будущем; проверьте её."), fields={"on_day": N_("Эта дата ещё не наступила.")}
        )
    on_paper = said.means is not Means.CODE
    if on_paper and (not said.place.strip() or len(said.place) > LONGEST_PLACE):
        raise InvalidError(
            N_("Укажите, где лежит бумага: дело и лист."),
            fields={"place": N_("Укажите дело и лист, не длиннее 200 знаков.")},
        )


def _write(work: Work, family: Family, said: Application, what: Mapping[str, Any]) -> UUID:
    reason, note = check_reason(ReasonOf.OPT_OUT, said.reason, said.note)
    matter: Matter = what["matter"]
    made_id = work.new_id()
    row = {
        "id": made_id,
        "school_id": family.school_id,
        "student_id": family.student.id,
        "signer_id": said.signer_id,
        "kind": what["kind"].value,
        "programme": matter.programme,
        "part": matter.part,
        "wire": matter.wire.value if matter.wire else None,
        "capacity": what["capacity"].value,
        "means": said.means.value,
        "on_day": said.on_day,
        "recorded_at": work.now,
        "recorded_by": None if said.means is Means.CODE else work.actor.id,
        "place": said.place.strip() or None,
        "reason": reason,
        "ends": what.get("ends"),
    }
    opt_outs.add_opt_out(work.connection, row)
    reach("opt-out.row-before-entry")
    _record(work, row, dict(said.evidence) | ({"note": note} if note else {}))
    if matter.programme and matter.part is None:
        tell_if_lost(work, family.school_id, matter.programme, family.student.id)
    return made_id


def _record(work: Work, row: Mapping[str, Any], evidence: Mapping[str, Json]) -> None:
    slots = [Slot(row["signer_id"], evidence)]
    if row["student_id"] != row["signer_id"]:
        slots.append(Slot(row["student_id"], None))
    about = ObjectRef(facts.OPT_OUT, row["id"], 1)
    kind = _TYPES[OptOutKind(row["kind"])]
    work.record(Entry(kind, about, facts.opt_out_state(row), row["school_id"], tuple(slots)))
