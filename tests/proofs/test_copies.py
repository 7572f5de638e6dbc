"""The signer's copy, the copy for staff, and the page where anybody checks a document."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from registry.access.rules import Role
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.writing import Signed
from registry.documents.marks import readable_code
from registry.jobs.worker import keep_due_promises
from registry.programmes.rules.numbers import Change
from registry.proofs.usecases import checking
from registry.proofs.usecases.describing import code_of
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from tests.consents.conftest import C, Town
from tests.consents.pages.conftest import PASSWORD, Reader
from tests.consents.test_new_texts import go_over
from tests.consents.test_new_texts import publish as change_text
from tests.proofs.conftest import file_of, publish, seal

NAMES = ("Mother", "Child", "Иванов")


def code(town: Town, signed: Signed) -> str:
    return readable_code(code_of(town.registry.vault, signed.act_id))


def upload(reader: Reader, data: bytes) -> str:
    reader.open("/verify")
    action, values = reader.form("/verify")
    answer = reader.client.post(action, data=values | {"file": (io.BytesIO(data), "decision.pdf")})
    return re.sub(r"\s+", " ", answer.text)


def fetched(town: Town) -> int:
    with town.registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        return sum(b'"document.fetched"' in bytes(leaf) for leaf in leaves)


def test_a_signer_has_his_document_made_and_fetches_it_as_often_as_he_wants(
    town: Town, given: Signed, signer: Callable[[str], Reader]
) -> None:
    """The page says that it is being made and looks again by itself, without script."""
    mother = signer("mother")
    mother.open(f"/decide/acts/{given.act_id}/copy")
    assert "Refresh" not in mother.page.headers  # type: ignore[union-attr]
    mother.send("/copy")
    assert "готовится" in mother.text
    assert mother.page
    assert mother.page.headers["Refresh"] == "2"
    publish(town)
    while keep_due_promises(town.registry):
        pass
    mother.open(f"/decide/acts/{given.act_id}/copy")
    assert "PAdES B-B" in mother.text
    before = fetched(town)
    for _ in range(2):
        assert mother.client.get(f"/decide/acts/{given.act_id}/copy.pdf").data == file_of(town, given)
    assert fetched(town) == before + 2
    mother.open("/decide")
    mother.follow("Мои документы с печатью")
    assert "Согласие на обработку данных ребёнка: Согласие дано" in mother.text


def test_a_document_is_nobody_elses(town: Town, given: Signed, signer: Callable[[str], Reader]) -> None:
    seal(town)
    father = signer("father")
    for path in ("copy", "copy.pdf"):
        assert father.client.get(f"/decide/acts/{given.act_id}/{path}").status_code == 404


def test_staff_who_may_see_the_consent_fetch_it_and_it_is_told_to_the_signer(
    town: Town, given: Signed, employee: Callable[[Role], Reader]
) -> None:
    seal(town)
    tutor = employee(Role.TUTOR)
    child = town.people["child"]
    tutor.open(f"/consents/schools/{town.school}/students/{child}/documents")
    assert "Согласие дано" in tutor.text
    tutor.open("/step-up")
    tutor.send("/step-up", password=PASSWORD)
    before = fetched(town)
    answer = tutor.client.get(
        f"/consents/schools/{town.school}/students/{child}/acts/{given.act_id}/document.pdf"
    )
    assert (answer.status_code, answer.data) == (200, file_of(town, given))
    assert fetched(town) == before + 1


def test_who_has_the_code_learns_whether_the_decision_stands_and_no_name(
    town: Town, given: Signed, reader: Reader
) -> None:
    """The public answer holds nothing that the document does not say."""
    seal(town)
    reader.open(f"/verify/{code(town, given)}")
    assert "Действует" in reader.text
    assert "Согласие на обработку данных ребёнка" in reader.text
    town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    reader.open("/verify")
    reader.send("/verify", code=code(town, given).replace("-", " ").lower())
    assert "Больше не действует. Позднее, 02.11.2020: Согласие отозвано" in reader.text
    assert not [name for name in NAMES if name in reader.text]


def test_a_consent_on_a_text_that_changed_in_what_matters_is_not_said_to_stand(
    town: Town, given: Signed, reader: Reader
) -> None:
    seal(town)
    change_text(town, C, Change.MAJOR)
    go_over(town)
    reader.open(f"/verify/{code(town, given)}")
    assert "Больше не действует: текст изменился" in reader.text


def test_a_refusal_is_not_said_to_be_in_force(town: Town, reader: Reader) -> None:
    refused = town.say("mother", town.where("mother", C, "child"), ActKind.REFUSED)
    seal(town)
    reader.open(f"/verify/{code(town, refused)}")
    assert "Не изменилось" in reader.text
    assert "Действует" not in reader.text


def test_a_file_is_told_genuine_changed_or_foreign(town: Town, given: Signed, reader: Reader) -> None:
    seal(town)
    sealed = file_of(town, given)
    said = upload(reader, sealed)
    assert "Документ подлинный и не изменён" in said
    assert "Действует" in said
    changed = bytearray(sealed)
    changed[len(changed) // 3] ^= 1
    assert "Документ изменён" in upload(reader, bytes(changed))
    assert "Это не документ реестра" in upload(reader, b"%PDF-1.7 nothing of ours")
    assert not [name for name in NAMES if name in said]


def test_codes_that_are_guessed_are_answered_alike_and_soon_not_at_all(
    town: Town, given: Signed, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(town)
    monkeypatch.setattr(checking, "TRIES", 4)
    guessed = [reader.client.get(f"/verify/{one}") for one in (readable_code(given.act_id), "ABC", "0" * 27)]
    assert {one.status_code for one in guessed} == {404}
    words = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one.text)) for one in guessed]
    assert len({re.sub(r"[0-9a-f]{32}", "", one) for one in words}) == 1
    assert reader.client.get(f"/verify/{code(town, given)}").status_code == 200
    assert reader.client.get(f"/verify/{code(town, given)}").status_code == 429


def test_a_code_with_a_slip_is_told_before_anything_is_asked(reader: Reader) -> None:
    reader.open("/verify")
    reader.send("/verify", code="72G4-9JD1")
    assert "27 цифр и латинских букв" in reader.text
    reader.open("/verify")
    reader.send("/verify")
    assert "Введите код или выберите файл" in reader.text
