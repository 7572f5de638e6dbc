"""The life of keys on the way of real messages: rotated, retired, revoked, stolen, lost, expired."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pysequoia
import pytest
from sqlalchemy import update

from registry.config import Mode
from registry.errors import ConflictError, RegistryError, TamperedError
from registry.keys import errands, facts, folder, usecases
from registry.keys.adopting import adopt_home
from registry.keys.models import keys as table
from registry.keys.rules import Key, Kind, State
from registry.sandbox.platform.inspect.canonical import canonical
from registry.sealing.public_keys import read_public_key
from registry.sealing.sealer import Expected, Parties, Sealer
from registry.submissions import errands as errands_of_submissions
from registry.submissions.errands import seal
from registry.submissions.evidence import Evidence, evidence_of
from registry.submissions.models import exchange
from registry.submissions.models.records import Submission
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from registry.workflows import versions
from tests.keys.conftest import WHY, Desk, staff
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School, found_school
from tests.submissions.test_trouble import findings


def second_opinion(school: School, platform: Platform, submission: Submission, public_key: str) -> list[str]:
    """Who signed the sealed bytes, as another implementation of OpenPGP sees it with this one key."""
    home = platform.home / "openpgp"
    passphrase = (platform.home / "passphrase").read_text().strip()
    words = ["--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--export-secret-keys"]
    gpg = [str(shutil.which("gpg")), "--homedir", os.path.realpath(home)]
    exported = subprocess.run(
        [*gpg, *words, str(submission.recipient_key)],
        input=passphrase.encode(),
        capture_output=True,
        check=True,
    ).stdout
    secret = pysequoia.Tsk.from_bytes(exported)
    certificate = pysequoia.Cert.from_bytes(public_key.encode())
    sealed = school.registry.files.get(submission.message_file)
    opened = pysequoia.decrypt(sealed, secret.decryptor(passphrase), lambda _: [certificate])
    return [one.certificate.upper() for one in opened.valid_sigs]


def evidence(school: School, submission: Submission) -> Evidence:
    registry = school.registry
    tend(registry.engine, registry.trail, registry.now())
    with registry.reading(SYSTEM) as work:
        return evidence_of(work, submission.message_id)


def answer_key(school: School, submission: Submission) -> str:
    with school.registry.reading(SYSTEM) as work:
        return str(exchange.answer_to(work.connection, submission).fingerprint)


@pytest.fixture
def ready(school: School) -> School:
    way.ready_school(school, 2)
    return school


def test_messages_before_and_after_a_rotation_verify_here_and_by_a_second_implementation(
    ready: School, platform: Platform, desk: Desk
):
    first = way.sent(ready)
    old = desk.active()
    new = desk.introduce(desk.make(desk.rotate()))
    assert (new.state, desk.get(old.id).state) == (State.ACTIVE, State.RETIRED)
    kept = way.now(ready, first)
    after = way.correct(ready)
    way.sign_off(ready, after)
    way.drain(ready.registry)
    after = way.now(ready, after)
    assert (kept.state, after.state) == ("acknowledged", "acknowledged")
    assert (kept.signing_key, after.signing_key) == (old.fingerprint, new.fingerprint)
    for submission, key in ((kept, old), (after, new)):
        assert evidence(ready, submission).holds
        assert second_opinion(ready, platform, submission, str(key.public_key)) == [key.fingerprint]
    with pytest.raises(RuntimeError):
        second_opinion(ready, platform, after, str(old.public_key))
    assert findings(ready) == []


def test_outside_the_sandbox_the_old_key_signs_until_a_person_says_that_the_platform_has_the_new_one(
    ready: School, desk: Desk
):
    settings = replace(ready.registry.settings, mode=Mode.PRODUCTION)
    desk = replace(desk, registry=replace(ready.registry, settings=settings))
    ready = replace(ready, registry=desk.registry)
    old = desk.active()
    new = desk.make(desk.rotate())
    assert (new.state, desk.active()) == (State.PENDING, old)
    assert way.sent(ready).signing_key == old.fingerprint
    desk.activate(new)
    assert desk.active().id == new.id


def test_a_message_sealed_before_the_rotation_and_sent_after_it_is_accepted(
    ready: School, platform: Platform, desk: Desk
):
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    platform.close()
    way.drain(ready.registry)
    platform.open()
    old = desk.active()
    desk.introduce(desk.make(desk.rotate()))
    way.hurry(ready.registry)
    held = way.now(ready, submission)
    assert (held.state, held.signing_key) == ("acknowledged", old.fingerprint)


def test_the_statement_is_the_new_fingerprint_under_the_old_keys_signature(desk: Desk):
    old, new = desk.active(), desk.make(desk.rotate())
    statement = new.statement or {}
    said = json.loads(statement["document"])
    assert (said["old"], said["new"], said["owner"]) == (old.fingerprint, new.fingerprint, "operator")
    with folder.opened(desk.registry.settings) as sealer:
        expected = Expected(str(old.fingerprint), desk.registry.now(), timedelta(minutes=5))
        sealer.verify_detached(statement["document"].encode(), statement["signature"].encode(), expected)
    signature = pysequoia.Sig.from_bytes(statement["signature"].encode())
    certificate = pysequoia.Cert.from_bytes(str(old.public_key).encode())
    verified = pysequoia.verify(
        bytes=statement["document"].encode(), store=lambda _: [certificate], signature=signature
    )
    assert [one.certificate.upper() for one in verified.valid_sigs] == [old.fingerprint]


def statementless(desk: Desk, key: Key) -> None:
    desk.registry.engine.dispose()
    with desk.registry.work(SYSTEM) as work:
        work.connection.execute(update(table).where(table.c.id == key.id).values(statement=None))


def signed_by_another(desk: Desk, key: Key) -> None:
    with folder.opened(desk.registry.settings) as sealer:
        document = str((key.statement or {})["document"])
        signature = sealer.sign_detached(document.encode(), str(key.fingerprint)).decode()
    said = {"document": document, "signature": signature}
    with desk.registry.work(SYSTEM) as work:
        work.connection.execute(update(table).where(table.c.id == key.id).values(statement=said))


def about_another_key(desk: Desk, key: Key) -> None:
    old = desk.active()
    with folder.opened(desk.registry.settings) as sealer:
        document = canonical(
            {"says": "key-transition", "owner": "operator", "old": old.fingerprint, "new": "0" * 40}
        )
        signature = sealer.sign_detached(document, str(old.fingerprint)).decode()
    said = {"document": document.decode(), "signature": signature}
    with desk.registry.work(SYSTEM) as work:
        work.connection.execute(update(table).where(table.c.id == key.id).values(statement=said))


@pytest.mark.parametrize("spoil", [statementless, signed_by_another, about_another_key])
def test_the_platform_takes_no_new_key_without_the_old_keys_word_for_it(
    desk: Desk, platform: Platform, spoil: Callable[[Desk, Key], None]
):
    old, new = desk.active(), desk.make(desk.rotate())
    spoil(desk, new)
    with pytest.raises(ConflictError) as refused:
        desk.introduce(new)
    assert refused.value.slug == "key-refused"
    assert (desk.get(new.id).state, desk.active()) == (State.PENDING, old)
    known = platform.intake.store.keys_of("operator")
    assert [row["fingerprint"] for row in known] == [old.fingerprint]


def test_a_school_signs_with_its_own_key_and_the_others_with_the_operators(
    ready: School, platform: Platform, desk: Desk
):
    own = desk.introduce(desk.make(desk.create(ready.id)))
    desk.introduce(desk.make(desk.create(uuid4())))
    assert way.sent(ready).signing_key == own.fingerprint != desk.active().fingerprint
    desk.retire(own)
    again = way.correct(ready)
    way.sign_off(ready, again)
    way.drain(ready.registry)
    assert way.now(ready, again).signing_key == desk.active().fingerprint


def test_nothing_is_sealed_with_a_revoked_key_and_the_words_name_it(ready: School, desk: Desk):
    old = desk.active()
    desk.revoke(old)
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    with pytest.raises(ConflictError, match=str(old.fingerprint)) as refused:
        seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    assert refused.value.slug == "key-revoked"
    assert way.now(ready, submission).state == "signed_off"


def test_gpg_itself_signs_nothing_with_a_key_whose_revocation_was_published(desk: Desk):
    key = desk.publish(desk.revoke(desk.active()))
    assert "BEGIN PGP PUBLIC KEY" in str(key.revoked_key)
    assert key.revoked_key != key.public_key
    with folder.opened(desk.registry.settings) as sealer, pytest.raises(RegistryError):
        sealer.sign_detached(b"data", str(key.fingerprint))


def test_a_message_that_waits_is_sealed_anew_when_its_key_was_revoked(
    ready: School, platform: Platform, desk: Desk
):
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    platform.close()
    way.drain(ready.registry)
    stolen = desk.active()
    assert way.now(ready, submission).signing_key == stolen.fingerprint
    platform.open()
    desk.publish(desk.revoke(stolen))
    with ready.registry.work(SYSTEM) as work:
        order = usecases.create(work, usecases.Owner(Kind.OPERATOR, "operator"), WHY)
    new = desk.introduce(desk.make(order))
    for _ in range(4):
        way.hurry(ready.registry)
    held = way.now(ready, submission)
    assert (held.state, held.signing_key) == ("acknowledged", new.fingerprint)
    assert held.manifest_sha256 == submission.manifest_sha256
    assert len(platform.messages()) == 1


def without_step(text: str) -> str:
    """A definition as it was before it knew the step of sealing anew."""
    return re.sub(r"\[transitions\.seal_anew\].*?\n\n", "", text, flags=re.DOTALL)


def test_a_case_of_an_older_definition_goes_back_to_its_people_when_its_key_was_revoked(
    registry: Registry, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    older = {name: without_step(text) for name, text in versions.shipped().items()}
    assert older != versions.shipped()
    monkeypatch.setattr(versions, "shipped", lambda: older)
    school = found_school(registry)
    adopt_home(registry)
    desk = Desk(registry, platform)
    way.ready_school(school, 1)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    platform.close()
    way.drain(registry)
    platform.open()
    desk.revoke(desk.active())
    way.hurry(registry)
    held = way.now(school, submission)
    assert (held.state, held.changes["reason"]) == ("collecting", "key-ended")
    assert platform.messages() == []


def test_a_message_from_before_the_revocation_still_counts_and_one_from_after_it_never(
    ready: School, desk: Desk
):
    submission = way.sent(ready)
    assert evidence(ready, submission).holds
    key = desk.revoke(desk.active())
    assert evidence(ready, submission).holds
    with ready.registry.work(SYSTEM) as work:
        earlier = work.now - timedelta(days=1)
        work.connection.execute(update(table).where(table.c.id == key.id).values(ended_at=earlier))
    found = evidence(ready, submission).message_trouble
    assert found is not None
    assert found.slug == "key-revoked"


def test_what_no_checkpoint_proves_does_not_count_after_a_revocation(ready: School, desk: Desk):
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    desk.revoke(desk.active())
    with ready.registry.reading(SYSTEM) as work:
        unproven = evidence_of(work, submission.message_id)
    assert unproven.sealed_at is None
    assert unproven.message_trouble is not None
    assert unproven.message_trouble.slug == "key-revoked"


def test_the_platform_takes_nothing_more_from_a_key_that_is_revoked_there(
    ready: School, platform: Platform, desk: Desk
):
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    platform.close()
    way.drain(ready.registry)
    platform.open()
    desk.publish(desk.revoke(desk.active()))
    sealed = ready.registry.files.get(way.now(ready, submission).message_file)
    headers = {"Idempotency-Key": str(submission.message_id), "Registry-School": str(ready.id)}
    answer = platform.app.test_client().post("/messages", data=sealed, headers=headers)
    said = json.loads(base64.b64decode(answer.get_json()["acknowledgement"]))
    assert [one["code"] for one in said["reasons"]] == ["key-revoked"]


def test_an_answer_under_the_platforms_new_key_is_believed_only_when_a_person_pinned_it(
    ready: School, platform: Platform, desk: Desk
):
    old = desk.active(Kind.PLATFORM)
    platform.intake.rotate_key()
    submission = way.sent(ready)
    assert (submission.state, submission.recipient_key) == ("unknown", old.fingerprint)
    assert len(platform.messages()) == 1
    new = desk.pin_shown()
    assert (new.state, desk.get(old.id).state) == (State.ACTIVE, State.RETIRED)
    way.hurry(ready.registry)
    assert way.now(ready, submission).state == "acknowledged"
    assert answer_key(ready, submission) == new.fingerprint
    assert evidence(ready, submission).holds


def test_an_answer_under_the_platforms_previous_key_is_taken_for_a_message_of_its_time(
    ready: School, platform: Platform, desk: Desk
):
    old = desk.active(Kind.PLATFORM)
    platform.lost = True
    submission = way.sent(ready)
    assert submission.state == "unknown"
    platform.lost = False
    platform.intake.rotate_key()
    desk.pin_shown()
    way.hurry(ready.registry)
    held = way.now(ready, submission)
    assert (held.state, held.recipient_key) == ("acknowledged", old.fingerprint)
    assert answer_key(ready, held) == old.fingerprint
    after = way.correct(ready)
    way.sign_off(ready, after)
    way.drain(ready.registry)
    assert way.now(ready, after).state == "acknowledged"
    assert answer_key(ready, way.now(ready, after)) == desk.active(Kind.PLATFORM).fingerprint


def lost_answer(ready: School, platform: Platform) -> Submission:
    """A message that the platform took in, whose answer was lost."""
    platform.lost = True
    submission = way.sent(ready)
    platform.lost = False
    return submission


def test_an_answer_under_a_revoked_key_of_the_platform_is_refused(
    ready: School, platform: Platform, desk: Desk
):
    old = desk.active(Kind.PLATFORM)
    submission = lost_answer(ready, platform)
    desk.revoke(old)
    way.hurry(ready.registry)
    assert way.now(ready, submission).state == "unknown"
    platform.intake.rotate_key()
    desk.pin_shown()
    way.hurry(ready.registry)
    assert way.now(ready, submission).state == "unknown"
    with ready.registry.reading(SYSTEM) as work:
        assert exchange.acknowledgements_of(work.connection, submission.id) == []


def test_a_replaced_key_of_the_platform_counts_no_more_for_what_it_signs_after_the_overlap(
    ready: School, platform: Platform, desk: Desk
):
    old = desk.active(Kind.PLATFORM)
    submission = lost_answer(ready, platform)
    platform.intake.rotate_key()
    desk.pin_shown()
    with ready.registry.work(SYSTEM) as work:
        long_ago = work.now - timedelta(hours=1)
        work.connection.execute(update(table).where(table.c.id == old.id).values(counts_until=long_ago))
    way.hurry(ready.registry)
    assert way.now(ready, submission).state == "unknown"


def test_a_key_that_was_replaced_before_the_message_answers_nothing_of_it(
    ready: School, platform: Platform, desk: Desk
):
    first = desk.active(Kind.PLATFORM)
    platform.intake.rotate_key()
    desk.pin_shown()
    submission = lost_answer(ready, platform)
    with platform.intake.store.writing() as writing:
        row = platform.intake.store.rows("SELECT * FROM answers")[0]
        signature = platform.intake.sealer.sign_detached(row["acknowledgement"], str(first.fingerprint))
        writing._connection.execute("UPDATE answers SET signature = ?", (signature,))  # noqa: SLF001 - a forger's way
    way.hurry(ready.registry)
    assert way.now(ready, submission).state == "unknown"


def test_an_expired_key_stops_sealing_with_words_that_name_it_and_the_cure(ready: School, desk: Desk):
    key = desk.active()
    with ready.registry.work(SYSTEM) as work:
        work.connection.execute(update(table).where(table.c.id == key.id).values(valid_until=work.now))
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    with pytest.raises(ConflictError, match="истёк: замените") as refused:
        seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    assert str(key.fingerprint) in str(refused.value)


def test_a_fingerprint_that_is_not_the_keys_pins_nothing(desk: Desk, platform: Platform):
    before = desk.every()
    receiver, own = platform.intake.settings.receiver, str(desk.active().public_key)
    given = (read_public_key(own.encode()), own)
    with desk.registry.work(SYSTEM) as work, pytest.raises(TamperedError) as refused:
        usecases.pin(work, receiver, given, "0" * 40, WHY)
    assert refused.value.slug == "key-foreign"
    assert desk.every() == before


def test_of_staff_one_asks_and_another_confirms(desk: Desk):
    first, second = staff(), staff()
    old = desk.active()
    order = desk.rotate(first)
    assert desk.make(order).fingerprint is None
    with desk.registry.work(first) as work, pytest.raises(ConflictError) as refused:
        usecases.confirm(work, order.id)
    assert refused.value.slug == "same-person"
    with desk.registry.work(second) as work:
        usecases.confirm(work, order.id)
    assert desk.make(order).fingerprint is not None
    stopped = desk.revoke(old, first)
    assert (stopped.state, stopped.stopped) == (State.ACTIVE, True)
    with desk.registry.work(first) as work, pytest.raises(ConflictError):
        usecases.confirm(work, old.id)
    with desk.registry.work(second) as work:
        revoked = usecases.confirm(work, old.id)
    assert (revoked.state, revoked.ended_at) == (State.REVOKED, stopped.asked_at)


def test_a_key_signs_nothing_from_the_moment_that_one_person_asked_for_its_revocation(
    ready: School, desk: Desk
):
    key = desk.revoke(desk.active(), staff())
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    with pytest.raises(ConflictError) as refused:
        seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    assert refused.value.slug == "key-revoked"
    with ready.registry.work(staff()) as work:
        usecases.decline(work, key.id)
    seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    assert way.now(ready, submission).signing_key == key.fingerprint


def test_every_change_of_a_key_is_in_the_trail_and_one_beside_it_is_found(desk: Desk, ready: School):
    desk.publish(desk.revoke(desk.introduce(desk.make(desk.rotate()))))
    registry = ready.registry

    def told() -> list[str]:
        tend(registry.engine, registry.trail, registry.now())
        readers = {facts.KIND: facts.present_states}
        report = verify(registry.engine, registry.vault, registry.trail, readers)
        return [one.sentence for one in report.findings]

    assert told() == []
    with ready.registry.work(SYSTEM) as work:
        work.connection.execute(update(table).values(state="active").where(table.c.state == "revoked"))
    assert len(told()) == 1


def test_a_revocation_certificate_lies_apart_and_can_be_brought_back(desk: Desk, tmp_path: Path):
    key = desk.make(desk.rotate())
    file = folder.certificate_file(desk.registry.settings, str(key.fingerprint))
    assert file.stat().st_mode & 0o077 == 0
    away = tmp_path / "safe.asc"
    file.rename(away)
    desk.revoke(key)
    with pytest.raises(RegistryError, match="верните файл"):
        errands.publish_revocation(desk.registry, key_id=str(key.id))
    folder.bring_back(desk.registry.settings, str(key.fingerprint), away.read_bytes())
    assert desk.publish(key).revoked_key is not None


def test_a_key_whose_folder_is_gone_can_still_be_revoked_by_its_certificate(
    desk: Desk, platform: Platform, tmp_path: Path
):
    key = desk.introduce(desk.make(desk.rotate()))
    settings = desk.registry.settings
    certificate = folder.read_certificate(settings, str(key.fingerprint))
    (settings.keys / "openpgp").rename(tmp_path / "stolen")
    desk.revoke(key)
    assert read_public_key(str(desk.publish(key).revoked_key).encode()).revoked
    assert certificate
    assert platform.intake.store.keys_of("operator")[0]["revoked_at"] is not None


def test_a_key_that_is_revoked_while_gpg_is_at_work_leaves_no_sealed_message(
    ready: School, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    submission = way.prepare(ready)
    way.sign_off(ready, submission)
    seal_for_real = errands_of_submissions.seal_bytes

    def slow(sealer: Sealer, data: bytes, parties: Parties) -> bytes:
        sealed = seal_for_real(sealer, data, parties)
        desk.revoke(desk.active())
        return sealed

    monkeypatch.setattr(errands_of_submissions, "seal_bytes", slow)
    with pytest.raises(ConflictError) as refused:
        seal(ready.registry, case_id=str(submission.case_id), subject_id=str(submission.id))
    assert refused.value.slug == "key-revoked"
    held = way.now(ready, submission)
    assert (held.state, held.message_file, held.signing_key) == ("signed_off", None, None)


def test_a_platforms_replaced_key_has_an_overlap_and_an_own_one_has_none(desk: Desk, platform: Platform):
    own, theirs = desk.active(), desk.active(Kind.PLATFORM)
    desk.introduce(desk.make(desk.rotate()))
    platform.intake.rotate_key()
    desk.pin_shown()
    own, theirs = desk.get(own.id), desk.get(theirs.id)
    assert own.counts_until == own.ended_at
    assert theirs.ended_at is not None
    assert theirs.counts_until == theirs.ended_at + timedelta(days=7)


def test_an_order_that_was_dropped_asks_nobody_and_a_revocation_that_was_asked_for_still_does(desk: Desk):
    first, second = staff(), staff()
    old = desk.active()
    dropped = desk.retire(desk.rotate(first))
    assert dropped.asked is None
    desk.revoke(old, first)
    desk.activate(desk.make(desk.rotate()))
    assert (desk.get(old.id).state, desk.get(old.id).stopped) == (State.RETIRED, True)
    with desk.registry.work(second) as work:
        assert usecases.confirm(work, old.id).state is State.REVOKED
