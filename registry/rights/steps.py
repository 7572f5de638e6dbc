"""What the definition `destruction` asks of this room: guards and effects, by name."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from registry.access.rules import Action
from registry.consents.gate import SCHOOL_LOCK
from registry.errors import N_
from registry.people.models.concerned import concerned_in
from registry.rights.models import destructions, shredding
from registry.rights.shredding import given_again, shred
from registry.storage.queries import hold
from registry.work import Work
from registry.workflows.cases import Case, Refused
from registry.workflows.names import NAMES, Concerned


@NAMES.people_of("destruction", Action.SUBMISSION_READ)
def people_named(work: Work, wanted: Collection[UUID]) -> dict[UUID, Concerned]:
    """Name those whose data some destructions take; one statement."""
    return concerned_in(work.connection, destructions.people_of(wanted), work.today)


GIVEN_AGAIN: Final = N_("Согласие снова действует: его данные нужны.")
OPEN_SUBMISSION: Final = N_("Передача с данными обучающегося ещё не закончена.")
NAMES.say_dates("destruction", {"last_day": N_("последний день для уничтожения данных")})
NAMES.say_reasons({"given-again": GIVEN_AGAIN, "kept-open-submission": OPEN_SUBMISSION})


@NAMES.guard("rights.has_reason")
def has_reason(_work: Work, case: Case) -> Refused | None:
    """Hold that an order to keep says why: words in the note, or a code."""
    note = case.context.get("note")
    if not isinstance(note, str) or not note.strip():
        return Refused(
            N_("Напишите, почему данные надо сохранить: номер распоряжения, спора, дела."), code="no-reason"
        )
    return None


@NAMES.guard("rights.nothing_holds")
def nothing_holds(work: Work, case: Case) -> Refused | None:
    """Hold that nothing under way needs the data, and that the consent does not stand again."""
    found = destructions.get(work.connection, case.subject.id)
    school_id = found.destruction.school_id
    hold(work.connection, SCHOOL_LOCK, school_id)
    paper = shredding.paper_of(work.connection, school_id, found.destruction.consent_id)
    if given_again(work, paper, found.destruction.act_id):
        return Refused(GIVEN_AGAIN, code="given-again")
    if shredding.in_open_message(work.connection, paper):
        return Refused(OPEN_SUBMISSION, code="kept-open-submission")
    return None


@NAMES.effect("rights.shred")
def shred_papers(work: Work, case: Case) -> None:
    """Destroy what was held for the withdrawn consent alone."""
    shred(work, destructions.get(work.connection, case.subject.id).destruction)
