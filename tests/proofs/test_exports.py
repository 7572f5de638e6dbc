"""Documents of a school or a branch as one file: ordered, made part by part, fetched, cut, destroyed."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from registry.access.models.tables import role_assignments
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names, present_states
from registry.cli import main
from registry.consents.models.ledger import disclosures_of_message
from registry.consents.models.tables import acts
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.writing import Signed
from registry.errors import NotFoundError, TamperedError
from registry.jobs.worker import keep_due_promises
from registry.people.models.places import get_school
from registry.people.models.tables import schools
from registry.people.usecases.looks import looks_at
from registry.proofs.check_bundle import Report, check
from registry.proofs.clock import destroy_expired
from registry.proofs.exports import packing
from registry.proofs.exports.checking import check_export
from registry.proofs.exports.index import plain
from registry.proofs.exports.rules import Export, State
from registry.proofs.exports.usecases import leave_out
from registry.proofs.models import exports
from registry.proofs.models.export_tables import document_exports
from registry.proofs.models.sealed import sealed_documents
from registry.proofs.usecases.checking import Verdict, check_file
from registry.proofs.usecases.stamping import let_go
from registry.rights.ledger import lines_of_student, standing_of_student
from registry.rights.rules import Told
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.web.doors import check_doors
from tests.consents.conftest import AGREEMENT, MESH, C, Town, confirm_everything
from tests.consents.pages.conftest import PASSWORD, Reader
from tests.consents.test_opt_outs import WHOLE, say
from tests.proofs.bundles.test_pages import recorded
from tests.proofs.conftest import keys_of, publish, seal

load_names()

ORDER = {"receiver": "Прокуратура района", "reason": "request", "basis": "№ 15 от 02.11.2020"}
Officer = Callable[..., Reader]


@pytest.fixture
def decided(town: Town) -> Town:
    """Mother agreed, gave for her child; father refused: three documents of which none is sealed yet."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.say("father", town.where("father", C, "child"), ActKind.REFUSED)
    publish(town)
    return town


@pytest.fixture
def officer(app: Flask, town: Town) -> Officer:
    """Somebody who has signed in, with a role in the branch of the school or of all."""

    def made(role: Role = Role.OPERATOR, scope: Scope = Scope.REGION, login: str = "officer") -> Reader:
        with town.registry.work(SYSTEM) as work:
            school = get_school(work.connection, town.school)
            hashed = Passwords(town.registry.settings).hash(PASSWORD)
            user_id = add_user(work, NewUser(login, "Проверкина Анна", hashed))
            place = {Scope.REGION: school.region_id, Scope.MUNICIPALITY: school.municipality_id}.get(scope)
            give_role(work, user_id, Right(role, scope, place))
        check_doors(app)
        found = Reader(app.test_client())
        found.open("/sign-in")
        found.send("/sign-in", login=login, password=PASSWORD)
        found.open("/step-up")
        found.send("/step-up", password=PASSWORD)
        return found

    return made


def place(town: Town, span: str) -> str:
    with town.registry.reading(SYSTEM) as work:
        school = get_school(work.connection, town.school)
    ids = {"school": school.id, "municipality": school.municipality_id, "region": school.region_id}
    return f"{span}/{ids[span]}"


def order(reader: Reader, town: Town, span: str = "region", **more: str) -> str:
    """Order an export by the form; gives the address of its page."""
    reader.open("/exports/new")
    reader.send("/exports/new", site=place(town, span), programme=MESH, **ORDER, **more)
    assert reader.path.startswith("/exports/"), reader.text
    return reader.path


def work_off(town: Town) -> None:
    while keep_due_promises(town.registry):
        pass


def only(town: Town) -> Export:
    with town.registry.reading(SYSTEM) as work:
        (found,) = exports.every_export(work.connection)
    return found


def file_of(reader: Reader, address: str) -> zipfile.ZipFile:
    answer = reader.client.get(f"{address}/documents.zip")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Length"] == str(len(answer.data))
    return zipfile.ZipFile(io.BytesIO(answer.data))


def index_of(file: zipfile.ZipFile) -> list[list[str]]:
    text = file.read("index.csv").decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def files(town: Town) -> int:
    return sum(1 for one in (town.registry.settings.home / "files").glob("??/*"))


def sealed(town: Town) -> int:
    with town.registry.reading(SYSTEM) as work:
        return int(work.connection.execute(select(func.count()).select_from(sealed_documents)).scalar_one())


def hold_together(town: Town) -> None:
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings


def checked(town: Town, data: bytes, folder: Path) -> int:
    path = folder / "taken.zip"
    path.write_bytes(data)
    return check_export(path, [town.registry.trail.receipt.verifier])


def test_an_operator_takes_out_the_documents_of_a_region_with_progress(
    decided: Town, officer: Officer, tmp_path: Path
) -> None:
    """What is missing is sealed on the way; names of files tell of nobody; every digest is signed."""
    operator = officer()
    address = order(operator, decided)
    assert operator.page
    assert operator.page.headers["Refresh"] == "5"
    assert "в очереди" in operator.text
    assert sealed(decided) == 0
    work_off(decided)
    operator.open(address)
    assert "Refresh" not in operator.page.headers
    assert "документов: 3 из 3" in operator.text
    file = file_of(operator, address)
    assert file.testzip() is None
    assert sealed(decided) == 3
    rows = index_of(file)
    assert [row[3] for row in rows].count("Согласие на обработку данных ребёнка") == 2
    assert {row[2] for row in rows} == {"7А", ""}
    for row in rows:
        assert row[10] == "в этом файле"
        assert row[7] in row[8]
        assert check_file(decided.registry, SYSTEM, file.read(row[8])).verdict is Verdict.GENUINE
    assert len(file.namelist()) == 7
    beside = "".join(file.namelist()) + file.read("index.csv").decode()
    assert not [name for name in ("Иванов", "Mother", "Child", "mother") if name in beside]
    whole = operator.client.get(f"{address}/documents.zip").data
    assert checked(decided, whole, tmp_path) == 5
    hold_together(decided)


def test_each_fetching_is_recorded_and_whoever_is_in_the_file_reads_that_he_was_taken_out(
    decided: Town, officer: Officer
) -> None:
    operator = officer()
    address = order(operator, decided)
    work_off(decided)
    for _ in range(2):
        file_of(operator, address)
    assert recorded(decided, EntryType.EXPORT_ORDERED) == ["operator"]
    assert recorded(decided, EntryType.EXPORT_FETCHED) == ["operator"] * 2
    assert only(decided).fetched == 2
    for name in ("mother", "father", "child"):
        with decided.registry.reading(SYSTEM) as work:
            look = next(one for one in looks_at(work, decided.people[name]) if one.exported)
        assert (look.what, look.role, look.reason) == ("documents", "operator", "request")
        assert look.order == "№ 15 от 02.11.2020"
    with decided.registry.reading(SYSTEM) as work:
        assert not [one for one in looks_at(work, decided.people["teen"]) if one.exported]


def test_the_ledger_says_whose_documents_went_to_whom_on_which_acts(decided: Town, officer: Officer) -> None:
    """S4-04: and who is told of a withdrawal by hand, for no message of ours reaches him."""
    order(officer(), decided)
    work_off(decided)
    child = decided.people["child"]
    with decided.work() as work:
        told = disclosures_of_message(work.connection, decided.school, only(decided).id)
        assert {one["person_id"] for one in told} == {
            decided.people[name] for name in ("mother", "father", "child")
        }
        assert {one["receiver"] for one in told} == {"Прокуратура района"}
        of_family = lines_of_student(work, decided.school, child)
        (of_child,) = [one for one in of_family if one.disclosure.person_id == child]
        assert (of_child.fields, len(of_child.acts)) == (("document",), 2)
        (standing,) = standing_of_student(work, decided.school, child)
        assert [one.told for one in standing.waits] == [Told.BY_HAND]


def test_bundles_go_along_on_choice_and_each_one_holds(decided: Town, officer: Officer) -> None:
    operator = officer()
    address = order(operator, decided, bundles="yes")
    work_off(decided)
    file = file_of(operator, address)
    bundles = [row for row in index_of(file) if row[8].endswith("-bundle.zip")]
    assert len(bundles) == 3
    for row in bundles:
        report = Report()
        check(file.read(row[8]), keys_of(decided), report)
        assert report.holds
    hold_together(decided)


def test_a_coordinator_takes_out_his_branch_and_no_other(decided: Town, officer: Officer) -> None:
    coordinator = officer(Role.COORDINATOR, Scope.MUNICIPALITY)
    coordinator.open("/exports/new")
    assert "Регион:" not in coordinator.text
    coordinator.send("/exports/new", site=place(decided, "region"), programme=MESH, **ORDER)
    assert coordinator.page
    assert coordinator.page.status_code in {404, 422}
    for span in ("municipality", "school"):
        order(coordinator, decided, span)
    work_off(decided)
    with decided.registry.reading(SYSTEM) as work:
        found = exports.every_export(work.connection)
    assert [(one.packed, one.state) for one in found] == [(3, State.READY)] * 2


def test_the_file_is_for_who_ordered_it_alone_and_strangers_know_nothing_of_it(
    decided: Town, officer: Officer, employee: Callable[[Role], Reader]
) -> None:
    address = order(officer(), decided)
    work_off(decided)
    other = officer(Role.OPERATOR, Scope.INSTALLATION, "other")
    other.open(address)
    assert "Файл получает только тот, кто его заказал" in other.text
    assert other.client.get(f"{address}/documents.zip").status_code == 403
    director = employee(Role.DIRECTOR)
    assert director.client.get(address).status_code == 403
    assert director.client.get("/exports/new").status_code == 403


def test_what_is_missing_in_an_order_is_said_beside_its_field(decided: Town, officer: Officer) -> None:
    operator = officer()
    operator.open("/exports/new")
    operator.send("/exports/new", site=place(decided, "school"), receiver=" ", reason="", basis="\u202e")
    assert operator.page
    assert operator.page.status_code == 422
    operator.send("/exports/new", receiver=" ", reason="", basis="\u202e")
    for said in (
        "Выберите, чьи документы",
        "Выберите программу",
        "Укажите, кому",
        "Выберите, для чего",
        "Укажите номер приказа",
    ):
        assert said in operator.text


def test_a_cancelled_export_is_made_no_further_and_nothing_of_it_stays(
    decided: Town, officer: Officer
) -> None:
    seal(decided)
    before, operator = files(decided), officer()
    address = order(operator, decided)
    work_off(decided)
    assert files(decided) > before
    operator.open(address)
    operator.send("/cancel")
    assert "отменена" in operator.text
    work_off(decided)
    assert files(decided) == before
    assert operator.client.get(f"{address}/documents.zip").status_code == 410
    hold_together(decided)


def test_the_file_is_destroyed_when_its_days_are_over(decided: Town, officer: Officer) -> None:
    seal(decided)
    before, operator = files(decided), officer()
    address = order(operator, decided)
    work_off(decided)
    kept = only(decided)
    assert kept.expires_at
    assert kept.ready_at
    assert kept.expires_at - kept.ready_at == timedelta(days=7)
    with decided.work() as work:
        gone = work.now - timedelta(seconds=1)
        exports.change_export(work.connection, replace(kept, expires_at=gone))
    assert operator.client.get(f"{address}/documents.zip").status_code == 410
    with decided.work() as work:
        exports.change_export(work.connection, kept)
    destroy_expired(decided.registry)
    assert only(decided).state is State.READY
    with decided.work() as work:
        work.connection.execute(update(document_exports).values(expires_at=gone))
    destroy_expired(decided.registry)
    work_off(decided)
    assert (only(decided).state, files(decided)) == (State.DESTROYED, before)


def erase(town: Town, act: UUID) -> None:
    """Do with an act's document what a destruction does."""
    with town.work() as work:
        let_go(work, town.school, [act])
        leave_out(work, town.school, [act])


def test_what_is_erased_before_it_was_packed_is_left_out_and_the_index_says_so(
    decided: Town, officer: Officer
) -> None:
    seal(decided)
    operator = officer()
    address = order(operator, decided)
    keep_due_promises(decided.registry)
    assert only(decided).state is State.PACKING
    erase(decided, first_act(decided, ActKind.REFUSED))
    work_off(decided)
    file = file_of(operator, address)
    gone = [row for row in index_of(file) if row[10] != "в этом файле"]
    assert [(row[8], row[9], row[10]) for row in gone] == [
        ("", "", "данные уничтожены: документа больше нет")
    ]
    assert (only(decided).packed, only(decided).left_out) == (2, 1)
    hold_together(decided)


@pytest.mark.parametrize("bundles", ["", "yes"])
def test_what_is_erased_later_comes_out_of_the_ready_file_before_anybody_gets_it(
    decided: Town, officer: Officer, tmp_path: Path, bundles: str
) -> None:
    operator = officer()
    address = order(operator, decided, bundles=bundles)
    work_off(decided)
    before = operator.client.get(f"{address}/documents.zip").data
    stood, kept = files(decided), only(decided)
    erase(decided, first_act(decided, ActKind.REFUSED))
    assert operator.client.get(f"{address}/documents.zip").status_code == 409
    work_off(decided)
    after = operator.client.get(f"{address}/documents.zip").data
    assert len(after) < len(before)
    file = zipfile.ZipFile(io.BytesIO(after))
    assert file.testzip() is None
    out = 2 if bundles else 1
    assert len([row for row in index_of(file) if row[8]]) == (6 if bundles else 3) - out
    assert checked(decided, after, tmp_path) == (6 if bundles else 3) - out + 2
    assert files(decided) == stood - 1
    assert (only(decided).left_out, only(decided).expires_at) == (out, kept.expires_at)
    hold_together(decided)


def first_act(town: Town, kind: ActKind) -> UUID:
    with town.registry.reading(SYSTEM) as work:
        found = work.connection.execute(select(acts.c.id).where(acts.c.kind == kind.value))
        return UUID(str(found.scalars().first()))


def test_who_lost_the_role_gets_nothing_more_made(decided: Town, officer: Officer) -> None:
    order(officer(), decided)
    with decided.work() as work:
        work.connection.execute(
            update(role_assignments).where(role_assignments.c.role == "operator").values(role="auditor")
        )
    work_off(decided)
    assert only(decided).state is State.WAITING
    with decided.registry.reading(SYSTEM) as work:
        failed = select(promises.c.last_error).where(promises.c.failed_at.is_not(None))
        assert work.connection.execute(failed).scalars().all() == ["ForbiddenError right-ended"]


def test_one_document_that_goes_wrong_holds_up_no_other_and_is_tried_once_more(
    decided: Town, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, tries = first_act(decided, ActKind.REFUSED), []

    def seal_act(registry: object, press: object, wanted: packing.Wanted) -> object:
        if wanted.act_id == broken:
            tries.append(broken)
            raise ZeroDivisionError
        return whole(registry, press, wanted)  # type: ignore[arg-type]

    whole = packing.seal_act
    monkeypatch.setattr(packing, "seal_act", seal_act)
    operator = officer()
    address = order(operator, decided)
    work_off(decided)
    assert len(tries) == 2
    assert (only(decided).packed, only(decided).left_out) == (2, 1)
    (failed,) = [row for row in index_of(file_of(operator, address)) if not row[8]]
    assert failed[10].startswith("не запечатан")


def test_of_a_student_who_opted_out_nothing_goes_along(decided: Town, officer: Officer) -> None:
    """S4-04: lists and exports leave out whom an opt-out keeps out of the programme's e-learning."""
    say(decided, "child", WHOLE, "mother")
    operator = officer()
    address = order(operator, decided)
    work_off(decided)
    file = file_of(operator, address)
    out = [row for row in index_of(file) if not row[8]]
    assert {row[10] for row in out} == {"отказ от электронного обучения: не выдаётся"}
    assert (len(out), only(decided).packed) == (2, 1)
    with decided.work() as work:
        told = disclosures_of_message(work.connection, decided.school, only(decided).id)
    assert {one["person_id"] for one in told} == {decided.people["mother"]}


def test_names_that_spreadsheets_would_run_are_text(decided: Town, officer: Officer) -> None:
    with decided.work() as work:
        work.connection.execute(update(schools).values(name='=HYPERLINK("http://x";"1")\n;../../etc'))
    operator = officer()
    address = order(operator, decided, "school")
    operator.open(address)
    work_off(decided)
    file = file_of(operator, address)
    assert {row[1] for row in index_of(file)} == {'\'=HYPERLINK("http://x";"1")\n;../../etc'}
    assert not [name for name in file.namelist() if ".." in name or name.startswith("/")]
    assert plain("+7") == "'+7"


def test_a_changed_file_is_found(decided: Town, officer: Officer, tmp_path: Path) -> None:
    operator = officer()
    address = order(operator, decided)
    work_off(decided)
    data = operator.client.get(f"{address}/documents.zip").data
    for at in range(100, len(data), len(data) // 40):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(TamperedError):
            checked(decided, bytes(changed), tmp_path)


def test_an_archive_that_is_changed_in_its_own_words_is_never_a_fault_of_ours(
    decided: Town, officer: Officer, tmp_path: Path
) -> None:
    operator = officer()
    address = order(operator, decided)
    work_off(decided)
    data = operator.client.get(f"{address}/documents.zip").data
    begins = data.index(b"PK\x01\x02")
    found = 0
    for at in [*range(40), *range(begins, begins + 60), *range(len(data) - 40, len(data))]:
        for bit in (0, 3):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            try:
                checked(decided, bytes(changed), tmp_path)
            except TamperedError:
                found += 1
    assert found > 100
    with pytest.raises(NotFoundError):
        check_export(tmp_path / "nothing.zip", [])


def test_the_terminal_orders_follows_takes_and_checks(
    decided: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.proofs.exports.commands.Registry.open", lambda _settings: decided.registry)
    monkeypatch.setattr("registry.proofs.exports.commands.load_settings", lambda _environ: None)
    said = ["--programme", MESH, "--receiver", "Архив", "--reason", "planned", "--order", "№ 1"]
    assert main(["exports", "order", "school", str(decided.school), *said]) == 0
    shown = capsys.readouterr()
    assert "\r3 / 3 (100 %), left out: 0" in shown.err
    export = only(decided)
    assert shown.out.splitlines()[-1].startswith(f"{export.id} ready 3+0/3")
    file = tmp_path / "documents.zip"
    assert main(["exports", "take", str(export.id), "--to", str(file)]) == 0
    assert main(["exports", "check", str(file)]) == 0
    assert "5 files" in capsys.readouterr().out
    assert main(["exports", "take", str(export.id), "--to", str(file)]) == 1
    assert main(["exports", "list"]) == 0
    assert main(["exports", "cancel", str(export.id)]) == 0
    assert main(["exports", "continue", str(export.id)]) == 1
    assert main(["exports", "cancel", str(export.id)]) == 1
    capsys.readouterr()


def test_before_a_checkpoint_covers_an_act_its_export_waits(
    town: Town, given: Signed, officer: Officer
) -> None:
    operator = officer()
    order(operator, town)
    work_off(town)
    assert only(town).state is State.PACKING
    assert given
    publish(town)
    with town.work() as work:
        work.connection.execute(update(promises).where(promises.c.done_at.is_(None)).values(due_at=work.now))
    work_off(town)
    assert only(town).state is State.READY


def test_an_export_that_there_is_not_is_not_found(town: Town) -> None:
    with town.work() as work, pytest.raises(NotFoundError):
        exports.get_export(work.connection, work.new_id())
