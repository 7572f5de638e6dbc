"""Pages of proofs: the signer takes his bundle; who audits states a purpose first, and it is in the trail."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from registry.access.rules import Role
from registry.cli import main
from registry.jobs.worker import keep_due_promises
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.people.usecases.contacts import CONTACT_CHANGED_JOB
from registry.proofs.check_bundle import unpack
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import PASSWORD, Reader
from tests.consents.pages.test_journey_pages import sign
from tests.proofs.bundles.test_bundles import held
from tests.proofs.conftest import consent_of, keys_of, published

ABOUT_CHILD = "Согласие на обработку данных ребёнка: Иванова Child"


def recorded(town: Town, kind: EntryType) -> list[str]:
    with town.registry.reading(SYSTEM) as work:
        leaves = [
            read_leaf(bytes(one)) for one in work.connection.execute(select(trail_event.c.leaf)).scalars()
        ]
    return [one.actor.role for one in leaves if one.type == kind]


@pytest.fixture
def auditor(employee: Callable[[Role], Reader]) -> Reader:
    """An auditor of the school who has signed in."""
    return employee(Role.AUDITOR)


def test_the_signer_takes_everything_that_proves_his_consent(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    sign(mother, "Соглашение")
    sign(mother, ABOUT_CHILD)
    published(town)
    address = re.search(r'href="([^"]+bundle\.zip)"', mother.text)
    assert address
    answer = mother.client.get(address[1])
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert held(answer.data, keys_of(town))
    assert "acts/01-given/text.txt" in unpack(answer.data)
    assert recorded(town, EntryType.DOCUMENT_FETCHED) == ["guardian"]
    assert signer("father").client.get(address[1]).status_code == 404


def test_who_audits_says_for_what_and_the_signer_sees_it(
    consented: Town, auditor: Reader, signer: Callable[[str], Reader]
) -> None:
    town = consented
    page = f"/consents/schools/{town.school}/students/{town.people['child']}/evidence"
    auditor.open(page)
    assert "Для чего" in auditor.text or "для чего" in auditor.text
    auditor.send("/purpose", reason="complaint", order="приказ № 15")
    auditor.open(page)
    assert auditor.text.count("Согласие на обработку данных ребёнка") == 2
    auditor.open(f"{page}?known_on=2020-10-01&about=2020-10-01")
    assert "В конце дня" in auditor.text
    assert auditor.open(f"{page}?known_on=2020-10-01").status_code == 422
    auditor.open(page)
    auditor.follow("Согласие на обработку данных ребёнка")
    assert "введён код, отправленный на контакт, который сотрудники не указывали" in auditor.text
    assert "Не записано: " in auditor.text
    address = re.search(r'href="([^"]+bundle\.zip)"', auditor.text)
    record = re.search(r'href="([^"]+record\.jsonld)"', auditor.text)
    assert address
    assert record
    auditor.open(address[1])
    if auditor.path != address[1]:
        auditor.send("/step-up", password=PASSWORD)
        auditor.open(address[1])
    assert auditor.page is not None
    assert held(auditor.page.data, keys_of(town))
    assert auditor.open(record[1]).mimetype == "application/ld+json"
    assert "auditor" in recorded(town, EntryType.DOCUMENT_FETCHED)
    assert "auditor" in recorded(town, EntryType.PERSON_VIEWED)
    town.sittings.clear()
    mother = signer("mother").open("/decide/looks")
    assert "Открыты доказательства решений" in mother.text


def test_a_tutor_sees_the_evidence_and_takes_no_bundle(
    consented: Town, employee: Callable[[Role], Reader]
) -> None:
    tutor = employee(Role.TUTOR)
    page = f"/consents/schools/{consented.school}/students/{consented.people['child']}/evidence"
    tutor.open(page)
    assert "Что было известно" not in tutor.text
    tutor.follow("Согласие на обработку данных ребёнка")
    assert "Насколько установлено" in tutor.text
    assert "bundle.zip" not in tutor.text
    consent = consent_of(consented, "mother", "child")
    other = page.replace(str(consented.people["child"]), str(consented.people["adult"]))
    assert tutor.open(other).status_code == 200
    assert str(consent.id) not in tutor.text


def test_a_command_takes_the_bundle_out_and_checks_it(
    consented: Town, tmp_path: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.proofs.bundle_commands.Registry.open", lambda _settings: consented.registry)
    monkeypatch.setattr("registry.proofs.bundle_commands.load_settings", lambda _environ: None)
    file = f"{tmp_path}/consent.zip"
    consent = consent_of(consented, "mother", "child")
    assert main(["proofs", "bundle", str(consent.id), "--to", file]) == 0
    assert main(["proofs", "check", file]) == 0
    assert "Всё, что можно проверить, сходится." in capsys.readouterr().out
    assert main(["proofs", "bundle", str(consent.id), "--to", file]) == 1
    assert main(["proofs", "keys"]) == 0
    assert "--checkpoint-key" in capsys.readouterr().out


def warnings(town: Town) -> list[tuple[str, str]]:
    """Read where warnings of a changed contact went and what they say."""
    asked = select(letters.c.id).where(letters.c.kind == "contact_changed", letters.c.state == "queued")
    with town.work() as work:
        taken = [take(work.connection, one, work.now) for one in work.connection.execute(asked).scalars()]
        opened = [open_envelope(work.vault, work.connection, one) for one in taken if one]
        return [(one.address, one.text) for one in opened]


def test_a_contact_on_the_form_that_is_not_the_registers_warns_the_one_on_record_once(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    """Whoever signs in somebody's place and writes his own number down is told of to the right one."""
    mother = signer("mother")
    mother.open(f"/decide/people/{town.people['mother']}")
    action, values = mother.form("/decide/people/")
    typed = {**values, "phone": "+7 914 999-99-99", "contacts_true": "yes"}
    for _ in range(2):
        mother.client.post(action, data=typed)
    with town.work() as work:
        work.connection.execute(promises.delete().where(promises.c.job != CONTACT_CHANGED_JOB))
    keep_due_promises(town.registry)
    (address, text), *more = warnings(town)
    assert more == []
    assert address == "+79140000002"
    for secret in ("Иванова", "Mother", "Child", "999"):
        assert secret not in text
