"""Files of signatures beside an act: who attaches them, what they are held against; the act stays."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.access.rules import Role
from registry.app import present_states
from registry.consents.models.acts import get_act
from registry.consents.models.presentations import get_presentation
from registry.consents.models.signatures import OpenedSignature, act_signatures, signatures_of_act
from registry.consents.rules.signatures import MOST, Candidate, Document, Match, match
from registry.consents.told.evidence import told
from registry.consents.usecases.evidence import evidence_of_act
from registry.consents.usecases.writing import Signed
from registry.documents.cms.verifying import Verdict
from registry.errors import ConflictError
from registry.proofs.usecases.attaching import attach, candidates_of, examine
from registry.storage.failpoints import Action, FailpointError, Strike, listening
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.models import trail_event
from registry.trail.verify import verify
from tests.consents.conftest import Town
from tests.consents.pages.conftest import PASSWORD, Reader
from tests.consents.test_invalidations import agree, ask
from tests.consents.test_staff import paper
from tests.documents.signatures import HOSTILE, INN, NAME, SNILS, by_streebog, detached
from tests.proofs.conftest import file_of, publish, seal

SHA512 = "2.16.840.1.101.3.4.2.3"


def attached(town: Town, signed: Signed, data: bytes, by: int = 1) -> OpenedSignature:
    """Attach a file as a tutor does; give it as it is kept."""
    with town.registry.reading(SYSTEM) as work:
        act = get_act(work.connection, town.school, signed.act_id)
        candidates = candidates_of(work, act)
    examined = examine(town.registry.settings, data, candidates)
    with town.work(town.tutor(by)) as work:
        attach(work, act, examined)
    return kept(town, signed)[-1]


def kept(town: Town, signed: Signed) -> list[OpenedSignature]:
    with town.registry.reading(SYSTEM) as work:
        return signatures_of_act(work.connection, work.vault, town.school, signed.act_id)


def text_of(town: Town, signed: Signed) -> bytes:
    with town.registry.reading(SYSTEM) as work:
        act = get_act(work.connection, town.school, signed.act_id)
        assert act.presentation_id
        shown = get_presentation(work.connection, work.vault, town.school, act.presentation_id, act.signer)
        return shown.body


def judging(town: Town, folder: Path, *, holds: str) -> Town:
    """Set a program that judges: a real one, which believes what an expression over `document` says."""
    program = folder / "verify.py"
    program.write_text(
        "import json, sys\n"
        "head = json.loads(sys.stdin.buffer.readline())\n"
        "sys.stdin.buffer.read(head['signature'])\n"
        "document = sys.stdin.buffer.read()\n"
        f"print(json.dumps({{'holds': {holds}, 'by': 'учебная программа'}}))\n"
    )
    settings = replace(town.registry.settings, signature_verifier=f"{sys.executable} {program}")
    return replace(town, registry=replace(town.registry, settings=settings))


def test_a_file_is_held_against_the_documents_of_its_act_and_the_act_stays_what_it_is(
    town: Town, given: Signed
) -> None:
    """The sealed PDF, the text that was read, nothing of it: each is told as what it is."""
    seal(town)
    with town.registry.reading(SYSTEM) as work:
        before = get_act(work.connection, town.school, given.act_id)
    sealed = attached(town, given, detached(file_of(town, given)))
    words = attached(town, given, detached(text_of(town, given)))
    foreign = attached(town, given, detached(b"another document"))
    russian = attached(town, given, detached(file_of(town, given), change=by_streebog))
    found = [one.kept.match for one in (sealed, words, foreign, russian)]
    assert found == [Match.SEALED, Match.TEXT, Match.NONE, Match.NOT_COMPUTED]
    assert {one.kept.verdict for one in kept(town, given)} == {Verdict.NOT_CHECKED}
    assert sealed.said
    assert (sealed.said.certificate.name, sealed.said.certificate.snils) == (NAME, SNILS)
    with town.registry.reading(SYSTEM) as work:
        assert get_act(work.connection, town.school, given.act_id) == before
        leaves = [bytes(one) for one in work.connection.execute(select(trail_event.c.leaf)).scalars()]
        rows = work.connection.execute(select(act_signatures)).all()
    assert sum(EntryType.DOCUMENT_ATTACHED.encode() in one for one in leaves) == 4
    assert not [one for one in leaves if SNILS.encode() in one or NAME.encode() in one]
    assert not [row for row in rows if SNILS in str(row) or NAME in str(row)]
    files = [path for path in (town.registry.settings.home / "files").rglob("*") if path.is_file()]
    assert not [path for path in files if INN.encode() in path.read_bytes()]
    publish(town)
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings


def test_what_is_told_of_a_file_is_never_better_than_it_is(town: Town, given: Signed) -> None:
    attached(town, given, detached(b"another document"))
    with town.registry.reading(SYSTEM) as work:
        groups = {
            one.title: dict(one.lines) for one in told(evidence_of_act(work, town.school, given.act_id), "ru")
        }
    said = groups["Приложенный файл подписи"]
    assert said["Проверка подписи"] == "не проверена"
    assert said["Что подписано, судя по отпечатку"] == "ни один документ этого решения не подходит"
    assert (said["Кто подписал, по сертификату"], said["СНИЛС в сертификате"]) == (NAME, SNILS)
    assert groups["Волеизъявление"]["Чем подписано"].startswith("простая электронная подпись")  # type: ignore[union-attr]


def test_a_program_that_the_settings_name_judges_over_the_document_that_fits(
    town: Town, given: Signed, tmp_path: Path
) -> None:
    seal(town)
    trusting = judging(town, tmp_path, holds="document.startswith(b'%PDF')")
    good = attached(trusting, given, detached(file_of(town, given)))
    assert (good.kept.verdict, good.kept.judged_by) == (Verdict.HOLDS, "учебная программа")
    wrong = attached(trusting, given, detached(text_of(town, given)))
    assert (wrong.kept.match, wrong.kept.verdict) == (Match.TEXT, Verdict.FAILS)
    foreign = attached(trusting, given, detached(b"another document"))
    assert (foreign.kept.match, foreign.kept.verdict) == (Match.NONE, Verdict.NOT_CHECKED)


def test_where_no_digest_can_be_compared_the_program_is_asked_about_each_document(
    town: Town, given: Signed, tmp_path: Path
) -> None:
    seal(town)
    russian = detached(file_of(town, given), change=by_streebog)
    found = attached(judging(town, tmp_path, holds="not document.startswith(b'%PDF')"), given, russian)
    assert (found.kept.match, found.kept.verdict) == (Match.TEXT, Verdict.HOLDS)
    none = attached(judging(town, tmp_path, holds="False"), given, detached(b"x", change=by_streebog))
    assert (none.kept.match, none.kept.verdict) == (Match.NOT_COMPUTED, Verdict.NOT_CHECKED)


def test_digests_of_other_kinds_are_computed_where_the_bytes_are_kept_and_weak_ones_never() -> None:
    pdf = Candidate.of(Document.SEALED, b"%PDF")
    offered = Candidate(Document.OFFERED, "ab" * 32)
    long = "0" * 128
    assert match(SHA512, long, [pdf, offered]).match is Match.NONE
    assert match("2.16.840.1.101.3.4.2.1", "ab" * 32, [pdf, offered]).match is Match.OFFERED
    assert match("1.3.14.3.2.26", "00" * 20, [pdf]).match is Match.NOT_COMPUTED
    assert match("1.2.3", "", [pdf]).match is Match.NO_DIGEST


def test_one_file_is_attached_once_and_so_many_to_an_act(town: Town, given: Signed) -> None:
    file = detached(b"x")
    attached(town, given, file)
    with pytest.raises(ConflictError, match="уже приложен"):
        attached(town, given, file)
    for number in range(MOST - 1):
        attached(town, given, detached(bytes([number])))
    with pytest.raises(ConflictError, match="больше нельзя"):
        attached(town, given, detached(b"one too many"))


@pytest.mark.parametrize("place", ["signature.file-before-row", "signature.row-before-entry"])
def test_a_blow_while_a_file_is_attached_leaves_nothing_behind(town: Town, given: Signed, place: str) -> None:
    with listening(Strike(place, Action.RAISE)), pytest.raises(FailpointError):
        attached(town, given, detached(b"x"))
    assert kept(town, given) == []
    assert not list((town.registry.settings.home / "files").rglob("*/*"))
    assert attached(town, given, detached(b"x")).kept.signature_file


def student_page(town: Town, student: str, signed: Signed) -> str:
    return f"/consents/schools/{town.school}/students/{town.people[student]}/acts/{signed.act_id}/signatures"


def upload(reader: Reader, data: bytes, name: str = "подпись.p7s") -> None:
    reader.send("/signatures", signature=(io.BytesIO(data), name))  # type: ignore[arg-type]


def test_who_records_papers_attaches_a_file_and_hands_it_out_again(
    town: Town, employee: Callable[[Role], Reader], signer: Callable[[str], Reader]
) -> None:
    entered = paper(town, "mother")
    tutor, file = employee(Role.TUTOR), detached(b"x", "<b>Иванова</b> Мария")
    tutor.open(f"/consents/schools/{town.school}/students/{town.people['child']}/acts")
    tutor.follow("Файл квалифицированной подписи")
    assert "Файлов подписи пока нет" in tutor.text
    upload(tutor, file, "../../evil.html")
    assert tutor.page
    assert tutor.page.status_code == 200
    assert "не проверена" in tutor.text
    assert b"<b>\xd0\x98" not in tutor.page.data
    assert "<b>Иванова</b> Мария" in tutor.text
    upload(tutor, file)
    assert (tutor.page.status_code, "уже приложен" in tutor.text) == (409, True)
    upload(tutor, b"")
    assert (tutor.page.status_code, "Выберите файл подписи" in tutor.text) == (422, True)
    (one,) = kept(town, entered)
    address = f"{student_page(town, 'child', entered)}/{one.kept.id}"
    assert address in tutor.text
    assert tutor.client.get(address).location.startswith("/step-up?next=")
    tutor.open("/step-up")
    tutor.send("/step-up", password=PASSWORD)
    answer = tutor.client.get(address)
    assert (answer.data, answer.mimetype) == (file, "application/pkcs7-signature")
    assert "evil" not in str(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    tutor.open(student_page(town, "child", entered).replace("/signatures", "/evidence"))
    assert "Приложенный файл подписи" in tutor.text
    assert "Скачать файл подписи" in tutor.text
    assert (
        tutor.client.get(address.replace(str(town.people["child"]), str(town.people["teen"]))).status_code
        == 404
    )
    assert signer("father").client.get(f"/decide/acts/{entered.act_id}/signatures").status_code == 404


@pytest.mark.parametrize("code", HOSTILE)
def test_a_file_that_is_none_is_told_beside_its_field_and_nothing_is_kept(
    town: Town, employee: Callable[[Role], Reader], code: str
) -> None:
    entered = paper(town, "mother")
    tutor = employee(Role.TUTOR)
    tutor.open(student_page(town, "child", entered))
    upload(tutor, HOSTILE[code]())
    assert tutor.page
    assert tutor.page.status_code == 422
    assert 'id="signature-error"' in tutor.text
    assert kept(town, entered) == []


def test_a_signer_attaches_a_file_to_his_own_act_and_to_nobody_elses(
    town: Town, given: Signed, signer: Callable[[str], Reader]
) -> None:
    seal(town)
    mother = signer("mother")
    mother.open(f"/decide/acts/{given.act_id}")
    mother.follow("Приложить файл квалифицированной подписи")
    upload(mother, detached(file_of(town, given)))
    assert "документ с печатью об этом решении" in mother.text
    assert "самим подписавшим" in mother.text
    (one,) = kept(town, given)
    assert one.kept.added_by is None
    mother.follow("Скачать файл подписи")
    assert mother.page
    assert mother.page.mimetype == "application/pkcs7-signature"
    father = signer("father")
    assert father.client.get(f"/decide/acts/{given.act_id}/signatures/{one.kept.id}").status_code == 404


def test_what_staff_declare_takes_no_file(town: Town, employee: Callable[[Role], Reader]) -> None:
    declared = agree(town, ask(town, paper(town, "mother").act_id))
    tutor = employee(Role.TUTOR)
    base = f"/consents/schools/{town.school}/students/{town.people['child']}/acts"
    assert tutor.client.get(f"{base}/{declared}/signatures").status_code == 404
    tutor.open(base)
    assert tutor.text.count(f"{base}/") > 0
    assert f"{base}/{declared}/signatures" not in tutor.text
