"""Every decision of a signer becomes one sealed document, in whose making the act itself has no part."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select

from registry.app import present_states
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.correcting import invalidate_act
from registry.consents.usecases.writing import Signed
from registry.documents.pades.seen import Level
from registry.documents.sealed_acts import sealed_act_pdf
from registry.jobs.worker import keep_due_promises
from registry.proofs.clock import seal_new, stamp_pending
from registry.proofs.models.sealed import Stamp, sealed_documents
from registry.proofs.usecases.checking import Verdict, check_file
from registry.proofs.usecases.describing import describe
from registry.sandbox.tsa import Fault
from registry.storage.failpoints import Action, Strike, listening
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_queue
from registry.trail.verify import verify
from tests.consents.conftest import AGREEMENT, C, Town
from tests.consents.test_staff import paper
from tests.documents.authorities import Serving, authority
from tests.proofs.conftest import file_of, publish, seal, sealed_of, text_of


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with authority(tmp_path / "tsa") as made:
        yield made


@pytest.fixture
def stamped(town: Town, serving: Serving) -> Town:
    """The same town, whose settings name a time stamp authority."""
    settings = replace(
        town.registry.settings, tsa_url=serving.authority.address, tsa_cert=serving.certificate
    )
    town.registry = replace(town.registry, settings=settings)
    return town


def rows(town: Town) -> int:
    with town.registry.reading(SYSTEM) as work:
        return int(work.connection.execute(select(func.count()).select_from(sealed_documents)).scalar_one())


def files(town: Town) -> int:
    return sum(1 for one in (town.registry.settings.home / "files").glob("??/*"))


def hold_together(town: Town) -> None:
    publish(town)
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings


def test_a_decision_is_sealed_once_a_published_checkpoint_covers_it(town: Town, given: Signed) -> None:
    """The sealing names the act and the digest of the file, in an entry of its own."""
    seal_new(town.registry)
    assert sealed_of(town, given) is None
    seal(town)
    sealed = sealed_of(town, given)
    assert sealed
    assert (sealed.version, sealed.level, sealed.stamp) == (1, Level.B_B, Stamp.NONE)
    text = text_of(file_of(town, given))
    for said in ("Согласие дано", "Иванова Mother", "Иванова Child", "Код, присланный в СМС"):
        assert said in text
    assert "Цель: включение обучающегося в реестр" in text
    seal(town)
    assert (rows(town), sealed_of(town, given)) == (2, sealed)
    hold_together(town)


def test_the_same_act_is_drawn_alike_each_time(town: Town, given: Signed) -> None:
    publish(town)
    drawn = []
    for _ in range(2):
        with town.registry.reading(SYSTEM) as work:
            made = describe(work, town.registry.trail, town.school, given.act_id, town.people["mother"])
        drawn.append(sealed_act_pdf(made.content, language=made.language))
    assert drawn[0] == drawn[1]
    seal(town)
    assert file_of(town, given).startswith(drawn[0])


def test_a_refusal_a_withdrawal_and_a_paper_have_their_documents_too(town: Town, given: Signed) -> None:
    withdrawn = town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    refused = town.say("father", town.where("father", C, "child"), ActKind.REFUSED)
    entered = paper(town, "father")
    seal(town)
    assert "Согласие отозвано" in text_of(file_of(town, withdrawn))
    assert "Отказ" in text_of(file_of(town, refused))
    text = text_of(file_of(town, entered))
    assert "Собственноручная подпись на бумаге" in text
    assert "Кто проверил запись не записано" in text


def test_an_act_that_staff_declare_invalid_gets_no_document_of_its_own(town: Town, given: Signed) -> None:
    with town.work(town.tutor()) as work:
        invalidate_act(work, town.school, given.act_id, InvalidReason.WRONG_ENTRY, "не тот человек")
    seal(town)
    assert rows(town) == 2


def test_with_an_authority_the_seal_is_stamped_at_once(stamped: Town, given: Signed) -> None:
    seal(stamped)
    sealed = sealed_of(stamped, given)
    assert sealed
    assert (sealed.version, sealed.level, sealed.stamp) == (1, Level.B_T, Stamp.THERE)
    assert sealed.stamped_at
    assert check_file(stamped.registry, SYSTEM, file_of(stamped, given)).verdict is Verdict.GENUINE


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.OTHER_DIGEST])
def test_a_stamp_that_does_not_come_is_awaited_and_raises_the_level_later(
    stamped: Town, serving: Serving, given: Signed, fault: Fault
) -> None:
    """Never faked; what was handed out before goes on being known for what it is."""
    serving.stand.fault = fault
    seal(stamped)
    before, first = sealed_of(stamped, given), file_of(stamped, given)
    assert before
    assert (before.level, before.stamp, before.stamped_at) == (Level.B_B, Stamp.PENDING, None)
    stamp_pending(stamped.registry)
    assert sealed_of(stamped, given) == before
    serving.stand.fault = Fault.NONE
    stamp_pending(stamped.registry)
    after = sealed_of(stamped, given)
    assert after
    assert (after.version, after.level, after.stamp) == (2, Level.B_T, Stamp.THERE)
    while keep_due_promises(stamped.registry):
        pass
    assert files(stamped) == 2
    older = check_file(stamped.registry, SYSTEM, first)
    assert (older.verdict, older.told and older.told.newest) == (Verdict.GENUINE, False)
    hold_together(stamped)


def test_two_rounds_at_a_time_seal_each_act_once(town: Town, given: Signed) -> None:
    publish(town)
    rounds = [Thread(target=seal_new, args=(town.registry,)) for _ in range(3)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    assert (rows(town), files(town)) == (2, 2)
    assert sealed_of(town, given)


@pytest.mark.parametrize("place", ["proof.file-before-row", "proof.row-before-entry"])
def test_a_blow_between_the_file_and_its_row_leaves_neither(town: Town, given: Signed, place: str) -> None:
    publish(town)
    with listening(Strike(place, Action.RAISE)):
        seal_new(town.registry)
    assert rows(town) == files(town) == 1
    seal_new(town.registry)
    assert rows(town) == files(town) == 2
    hold_together(town)


def test_an_act_writes_no_row_for_its_document(town: Town) -> None:
    """Its last click stays as quick as it was: what has no document is found from the acts."""
    before = rows(town)
    town.give("mother", AGREEMENT)
    assert rows(town) == before
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(trail_queue)).scalar_one() > 0
