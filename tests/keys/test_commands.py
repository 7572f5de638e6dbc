"""The commands of a terminal, as the operator of the machine types them."""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from registry.keys.models import keys as table
from registry.keys.rules import Kind, State
from registry.sealing.public_keys import read_public_key
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from tests.commands import Done, run_command
from tests.keys.conftest import Desk, staff
from tests.submissions import way
from tests.submissions.school import School


def run(desk: Desk, *words: str, typed: str = "", mode: str = "sandbox") -> Done:
    settings = desk.registry.settings
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_MODE": mode,
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_PLATFORM_URL": settings.platform_url,
    }
    return run_command(*words, environ=environ, typed=typed)


def test_the_list_names_every_key_and_the_check_fails_when_one_ends_soon(desk: Desk):
    told = run(desk, "keys", "list", "--check")
    assert told.returncode == 0
    assert all(str(one.fingerprint) in told.stdout for one in desk.every())
    with desk.registry.work(SYSTEM) as work:
        until = work.now + timedelta(days=29, hours=1)
        work.connection.execute(update(table).where(table.c.kind == "operator").values(valid_until=until))
    assert run(desk, "keys", "list").returncode == 0
    told = run(desk, "keys", "list", "--check")
    assert told.returncode == 1
    assert "осталось дней: 29" in told.stdout


def test_in_the_sandbox_one_command_rotates_and_the_platform_knows_it(desk: Desk):
    old = desk.active()
    told = run(desk, "keys", "rotate", str(old.fingerprint)[-8:], "--why", "плановая замена")
    assert told.returncode == 0, told.stderr
    new = desk.active()
    assert new.follows == old.id
    known = desk.platform.intake.store.keys_of("operator")
    assert [row["fingerprint"] for row in known if row["until"] is None] == [new.fingerprint]
    said = run(desk, "keys", "export", str(new.fingerprint), "--statement").stdout
    assert json.loads(said.splitlines()[0])["new"] == new.fingerprint
    exported = run(desk, "keys", "export", str(new.fingerprint)).stdout
    assert read_public_key(exported.encode()).fingerprint == new.fingerprint


def test_outside_the_sandbox_the_old_key_signs_until_a_person_says_that_the_platform_has_the_new(desk: Desk):
    old = desk.active()
    told = run(desk, "keys", "rotate", str(old.fingerprint), "--why", "замена", mode="production")
    assert told.returncode == 0, told.stderr
    assert desk.active() == old
    pending = next(one for one in desk.every() if one.state is State.PENDING)
    assert "передайте его платформе" in run(desk, "keys", "list").stdout
    assert run(desk, "keys", "activate", str(pending.fingerprint)).returncode == 0
    assert desk.active().id == pending.id


def test_a_revocation_takes_its_certificate_from_where_it_was_kept(desk: Desk, tmp_path: Path):
    key = desk.active()
    order = desk.make(desk.rotate())
    file = desk.registry.settings.keys / "revocations" / f"{order.fingerprint}.asc"
    away = file.rename(tmp_path / "safe.asc")
    words = ["keys", "revoke", str(order.fingerprint), "--why", "украден"]
    told = run(desk, *words)
    assert (told.returncode, desk.get(order.id).state) == (1, State.REVOKED)
    assert file.name in told.stderr
    told = run(desk, *words, "--certificate", str(away), mode="production")
    assert told.returncode == 0, told.stderr
    assert read_public_key(str(desk.get(order.id).revoked_key).encode()).revoked
    assert desk.active() == key


def test_a_retired_key_signs_nothing_new_and_is_retired_once(desk: Desk):
    key = desk.active()
    words = ["keys", "retire", str(key.fingerprint), "--why", "школа сменила оператора"]
    told = run(desk, *words)
    assert told.returncode == 0, told.stderr
    assert "retired" in told.stdout
    assert (desk.get(key.id).state, desk.get(key.id).ended_why) == (State.RETIRED, words[-1])
    again = run(desk, *words)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "уже не действует" in again.stderr


@pytest.mark.parametrize("asked", [True, False])
def test_a_platforms_key_is_revoked_by_a_command_and_by_the_second_word_to_a_colleagues(
    desk: Desk,
    asked: bool,  # noqa: FBT001 - a case of the test
):
    key = desk.active(Kind.PLATFORM)
    words = ["keys", "revoke", str(key.fingerprint), "--why", "платформа сообщила о краже"]
    if asked:
        desk.revoke(key, staff())
        words = ["keys", "confirm", str(key.fingerprint)]
    told = run(desk, *words)
    assert (told.returncode, told.stderr) == (0, "")
    revoked = desk.get(key.id)
    assert (revoked.state, revoked.revoked_key) == (State.REVOKED, None)


def test_a_school_gets_its_first_key_by_one_command(desk: Desk, school: School):
    told = run(desk, "keys", "create", "--owner", "17", "--why", "школа подписывает сама")
    assert told.returncode == 0, told.stderr
    made = desk.active(Kind.SCHOOL)
    assert made.owner == str(school.id)
    assert str(made.fingerprint) in told.stdout
    again = run(desk, "keys", "create", "--owner", str(school.id), "--why", "ещё раз")
    assert again.returncode == 1
    assert "Действующий ключ уже есть" in again.stderr
    unknown = run(desk, "keys", "create", "--owner", "99", "--why", "проба")
    assert unknown.returncode == 1
    assert "Такой школы нет" in unknown.stderr


def test_what_staff_asked_for_is_confirmed_or_declined_by_its_id(desk: Desk, school: School):
    old = desk.active()
    order = desk.rotate(staff())
    told = run(desk, "keys", "confirm", str(order.id))
    assert told.returncode == 0, told.stderr
    assert desk.active().id == order.id
    assert desk.get(old.id).state is State.RETIRED
    dropped = desk.create(school.id, staff())
    told = run(desk, "keys", "decline", str(dropped.id))
    assert told.returncode == 0, told.stderr
    assert desk.get(dropped.id).state is State.RETIRED
    for verb, words in (("confirm", "Подтверждать здесь нечего"), ("decline", "Отменять здесь нечего")):
        told = run(desk, "keys", verb, str(dropped.id))
        assert told.returncode == 1
        assert words in told.stderr


def test_a_revocation_that_staff_asked_for_is_dropped_by_a_command(desk: Desk):
    key = desk.active()
    assert desk.revoke(key, staff()).stopped
    told = run(desk, "keys", "decline", str(key.fingerprint))
    assert told.returncode == 0, told.stderr
    assert (desk.get(key.id).state, desk.get(key.id).stopped) == (State.ACTIVE, False)


@pytest.mark.parametrize("typed", [True, False])
def test_a_pin_needs_the_fingerprint_as_it_stands_on_paper(desk: Desk, tmp_path: Path, typed: bool):  # noqa: FBT001 - a case of the test
    intake = desk.platform.intake
    intake.rotate_key()
    file = tmp_path / "platform.asc"
    file.write_bytes(intake.sealer.export_public(intake.key))
    paper = (
        " ".join(intake.key[place : place + 4].lower() for place in range(0, 40, 4)) if typed else "0" * 40
    )
    words = ["keys", "pin", str(file), "--receiver", intake.settings.receiver, "--why", "письмо от 1 ноября"]
    told = run(desk, *words, typed=f"{paper}\n")
    assert told.returncode == (0 if typed else 1)
    assert (desk.active(Kind.PLATFORM).fingerprint == intake.key) is typed


def test_no_passphrase_is_on_a_command_line_or_in_what_is_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    secret = (desk.registry.settings.keys / "passphrase").read_text().strip()
    seen: list[str] = []
    begin = subprocess.Popen.__init__

    def watch(self: object, arguments: list[str], *more: object, **named: object) -> None:
        seen.append(" ".join(map(str, arguments)))
        begin(self, arguments, *more, **named)  # type: ignore[call-overload,arg-type]

    monkeypatch.setattr(subprocess.Popen, "__init__", watch)
    desk.introduce(desk.make(desk.rotate()))
    assert [line for line in seen if "--detach-sign" in line]
    assert not [line for line in seen if secret in line]
    monkeypatch.undo()
    told = run(desk, "keys", "rotate", str(desk.active().fingerprint), "--why", "замена")
    assert secret not in told.stdout + told.stderr


def test_a_message_is_verified_by_its_id(desk: Desk, school: School):
    way.ready_school(school, 1)
    submission = way.sent(school)
    registry = desk.registry
    tend(registry.engine, registry.trail, registry.now())
    told = run(desk, "message", "verify", str(submission.message_id))
    assert told.returncode == 0, told.stdout
    assert str(submission.signing_key) in told.stdout
    with registry.work(SYSTEM) as work:
        early = work.now - timedelta(days=1)
        values = {"state": "revoked", "ended_at": early}
        work.connection.execute(update(table).where(table.c.kind == "operator").values(**values))
    told = run(desk, "message", "verify", str(submission.message_id))
    assert told.returncode == 1
    assert "отозван" in told.stdout


def test_a_key_that_is_not_there_is_told_in_words(desk: Desk):
    told = run(desk, "keys", "retire", "00000000", "--why", "проба")
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "Такого ключа нет" in told.stderr
