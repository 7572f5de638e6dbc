"""Pages of acts: a record declared invalid by two, and opt-outs of signers and from paper."""

from collections.abc import Callable

import pytest

from registry.access.rules import Role
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.usecases.paper import Paper, record_paper_act
from tests.consents.conftest import MESH, C, Town
from tests.consents.pages.conftest import Reader

PLACE = {"on_day_day": "20", "on_day_month": "10", "on_day_year": "2020", "place": "Дело 7А, лист 3"}


def refuse(town: Town) -> None:
    said = Paper(
        school_id=town.school,
        programme_id=MESH,
        student_id=town.people["child"],
        signer_id=town.people["mother"],
        notice=C,
        kind=ActKind.REFUSED,
        on_day=town.registry.settings.today,
        place="Дело 7А, лист 3",
        reason="no_need",
    )
    with town.work(town.tutor(77)) as work:
        record_paper_act(work, said)


def test_a_record_is_declared_invalid_by_two_people(employee: Callable[[Role], Reader], town: Town) -> None:
    refuse(town)
    tutor = employee(Role.TUTOR)
    record = f"/consents/schools/{town.school}/students/{town.people['child']}/acts"
    tutor.open(record)
    assert "Причина: В этом нет необходимости" in tutor.text
    tutor.follow("Признать недействительной")
    assert tutor.send("/invalidation").status_code == 422
    tutor.send("/invalidation", reason="wrong_entry", note="Не тот лист")
    assert "Ждёт второго человека" in tutor.text
    assert town.state("child") is State.REFUSED
    assert tutor.send("/invalidations/", answer="agree").status_code == 403

    clerk = employee(Role.CLERK)
    clerk.open(record)
    clerk.send("/invalidations/", answer="agree")
    assert "Недействительна" in clerk.text
    assert town.state("child") is State.ASKED


def test_a_guardian_opts_out_and_back_in_his_sitting(town: Town, signer: Callable[[str], Reader]) -> None:
    mother = signer("mother")
    mother.open("/decide")
    mother.follow("Отказ от электронного обучения или канала: Иванова Child")
    assert mother.send("/opt-outs").status_code == 422
    mother.send("/opt-outs", matter="whole", reason="health")
    assert "Электронное обучение по программе целиком" in mother.text
    assert town.state("child") is State.NOT_REQUIRED
    mother.send("/end")
    assert town.state("child") is not State.NOT_REQUIRED


@pytest.mark.proves("S4-01")
def test_a_minor_is_told_why_he_cannot_opt_out_himself(town: Town, signer: Callable[[str], Reader]) -> None:
    """S4-01: the words of the rule stand beside the question."""
    teen = signer("teen")
    teen.open(f"/decide/students/{town.people['teen']}/opt-outs")
    refused = teen.send("/opt-outs", matter="whole")
    assert refused.status_code == 403
    assert "До 18 лет такой отказ подаёт родитель или опекун." in teen.text
    assert teen.open(f"/decide/students/{town.people['child']}/opt-outs").status_code == 404


def test_staff_enter_an_opt_out_from_paper_and_its_end(
    employee: Callable[[Role], Reader], town: Town
) -> None:
    tutor = employee(Role.TUTOR)
    tutor.open(f"/consents/schools/{town.school}/students/{town.people['child']}/opt-outs")
    mother = str(town.people["mother"])
    assert tutor.send("/opt-outs", matter="whole", signer="nobody", **PLACE).status_code == 422
    tutor.send("/opt-outs", matter="whole", signer=mother, **PLACE)
    assert "с 20.10.2020" in tutor.text
    assert town.state("child") is State.NOT_REQUIRED
    ended = next(part for part in tutor.text.split('"') if part.startswith("end:"))
    other = tutor.send("/opt-outs", matter=ended, signer=str(town.people["father"]), **PLACE)
    assert other.status_code == 403
    tutor.send("/opt-outs", matter=ended, signer=mother, **PLACE)
    assert "Отказов нет." in tutor.text
