"""What the processes do that are killed at random: keep promises, number entries, sign."""

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from registry.config import load_settings
from registry.consents.models.acts import acts_of_people
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.jobs.worker import Worker
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.programmes.rules import NoticeKind
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.work import Registry, Work
from tests.crash.town import PROGRAMME


@dataclass(frozen=True)
class Family:
    """Whose paper is entered again and again."""

    school: UUID
    student: UUID
    guardian: UUID
    address: str


def work_for_ever(environ: dict[str, str], *_: object) -> None:
    Worker(Registry.open(load_settings(environ))).run()


def sequence_for_ever(environ: dict[str, str], *_: object) -> None:
    registry = Registry.open(load_settings(environ))
    while True:
        tend(registry.engine, registry.trail, registry.now())
        time.sleep(0.002)


def sign_for_ever(environ: dict[str, str], family: Family, noted: Path) -> None:
    """Enter one paper after the other, and note each act when its commit was acknowledged."""
    registry = Registry.open(load_settings(environ))
    with noted.open("a") as acknowledged:
        while True:
            with registry.work(SYSTEM) as work:
                act_id = _act(work, family)
            acknowledged.write(f"{act_id}\n")
            acknowledged.flush()
            time.sleep(0.02)


def _act(work: Work, family: Family) -> UUID:
    """Give, withdraw, give, withdraw; and write a letter about each, in the same transaction."""
    held = acts_of_people(work.connection, family.school, PROGRAMME, {family.guardian})
    own = [one for one in held if one.notice is NoticeKind.STUDENT_BY_GUARDIAN]
    kind = ActKind.WITHDRAWN if own[-1].kind is ActKind.GIVEN else ActKind.GIVEN
    said = (family.student, family.guardian, NoticeKind.STUDENT_BY_GUARDIAN, kind, date(2020, 11, 2))
    signed = record_paper_act(work, Paper(family.school, PROGRAMME, *said, "дело 1, лист 3"))
    point = ContactPoint(Channel.EMAIL, family.address)
    values = {"school": "Школа № 17", "day": f"{len(own)}"}
    write(work, Draft(LetterKind.CONTACT_CHANGED, family.school, family.guardian, point, values))
    return signed.act_id


ROLES = (work_for_ever, sequence_for_ever, sign_for_ever)
