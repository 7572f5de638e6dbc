"""The platform's book of senders' keys, and its own: what it takes, from whom, and for how long."""

import base64
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from registry.errors import TamperedError
from registry.sandbox.platform import PlatformSettings, create_platform
from registry.sandbox.platform.store import Store
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.public_keys import with_revocation
from tests.sandbox.conftest import RECEIVER, SCHOOL, Draft, Sender, new_id, register


def second_key(school: Sender) -> str:
    return school.sealer.create_key("school-17-second")


def statement(school: Sender, key: str, **changes: str) -> dict[str, str]:
    said = {"says": "key-transition", "owner": str(SCHOOL), "old": school.key, "new": key, **changes}
    document = json.dumps(said).encode()
    signature = school.sealer.sign_detached(document, school.key)
    return {"statement": base64.b64encode(document).decode(), "signature": signature.decode()}


def hand_over(school: Sender, key: str, **more: str) -> int:
    said = {"owner": str(SCHOOL), "fingerprint": key, "public_key": school.sealer.export_public(key).decode()}
    return school.client.post("/keys", json={**said, **more}).status_code


def full() -> Draft:
    return Draft().with_students(2)


def test_a_new_key_with_the_old_ones_statement_signs_from_now_on_and_both_count_for_a_while(school: Sender):
    old, new = school.key, second_key(school)
    assert hand_over(school, new, **statement(school, new)) == 201
    on_its_way = full()
    sealed = school.seal(on_its_way.pack())
    assert school.post(on_its_way.message_id, sealed).verdict == "accepted"
    assert old == school.key
    school.key = new
    assert "sequence" in school.codes(full())


@pytest.mark.parametrize(
    "changes", [{"new": "0" * 40}, {"old": "0" * 40}, {"owner": "operator"}, {"says": "something"}]
)
def test_a_statement_about_anything_else_is_refused(school: Sender, changes: dict[str, str]):
    new = second_key(school)
    assert hand_over(school, new, **statement(school, new, **changes)) == 400


def test_without_a_statement_or_under_another_signature_the_old_key_stays(school: Sender):
    new = second_key(school)
    assert hand_over(school, new) == 400
    said = statement(school, new)
    forged = school.sealer.sign_detached(base64.b64decode(said["statement"]), new).decode()
    assert hand_over(school, new, **{**said, "signature": forged}) == 400
    assert hand_over(school, new, statement="nonsense", signature="nonsense") == 400
    assert school.send(full()).verdict == "accepted"
    school.key = new
    assert school.codes(full()) == ["signature-foreign"]


def test_the_same_key_again_changes_nothing(school: Sender):
    assert hand_over(school, school.key) == 201
    assert school.send(full()).verdict == "accepted"


def test_a_replaced_key_counts_for_what_it_signed_before_the_overlap_ended(platform: Flask, school: Sender):
    old, new = school.key, second_key(school)
    hand_over(school, new, **statement(school, new))
    past = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    store = platform.extensions["intake"].store
    store.rows("UPDATE sender_keys SET until = ? WHERE fingerprint = ?", past, old)
    assert school.codes(full()) == ["key-retired"]


def revoked(school: Sender, key: str) -> bytes:
    return with_revocation(school.sealer.export_public(key), school.sealer.revocation_of(key))


def test_a_revoked_key_is_refused_and_a_fresh_exchange_may_follow(school: Sender):
    sealed_before = school.seal((draft := full()).pack())
    said = {"owner": str(SCHOOL), "fingerprint": school.key}
    alive = school.sealer.export_public(school.key).decode()
    assert school.client.post("/keys/revocations", json={**said, "public_key": alive}).status_code == 400
    dead = revoked(school, school.key).decode()
    other = {**said, "owner": str(new_id())}
    assert school.client.post("/keys/revocations", json={**other, "public_key": dead}).status_code == 400
    assert school.client.post("/keys/revocations", json={**said, "public_key": dead}).status_code == 201
    assert [one.code for one in school.post(draft.message_id, sealed_before).reasons] == ["key-revoked"]
    assert hand_over(school, school.key) == 400
    school.key = second_key(school)
    assert hand_over(school, school.key) == 201
    assert school.send(full()).verdict == "accepted"


def test_the_operators_messages_for_a_school_count_until_it_has_had_a_key_of_its_own_for_a_while(
    platform: Flask, tmp_path: Path, homes: list[OpenPgpSealer]
):
    operator = register(platform, tmp_path / "operator", homes, owner="operator")
    on_its_way = full()
    sealed = operator.seal(on_its_way.pack())
    register(platform, tmp_path / "school", homes)
    assert operator.post(on_its_way.message_id, sealed).verdict == "accepted"


def test_the_platform_rotates_its_own_key_and_still_opens_what_was_for_the_old(
    platform: Flask, school: Sender
):
    draft = full()
    sealed = school.seal(draft.pack())
    old = school.platform_key
    answer = school.client.post("/keys/rotation")
    assert answer.status_code == 201
    new = answer.get_json()["fingerprint"]
    shown = school.client.get("/keys").get_json()
    assert shown["fingerprint"] == new != old
    assert json.loads(shown["transition"]["document"])["old"] == old
    with pytest.raises(TamperedError):
        school.post(draft.message_id, sealed)
    school.sealer.pin(shown["public_key"].encode(), new)
    school.platform_key = new
    assert school.post(draft.message_id, sealed).verdict == "accepted"
    page = school.client.get("/").get_data(as_text=True)
    assert new in page
    assert school.client.post("/keys/rotation", headers={"Accept": "text/html"}).status_code == 303


def test_a_store_from_before_keys_had_a_time_keeps_its_senders(tmp_path: Path):
    file = tmp_path / "platform.sqlite3"
    with sqlite3.connect(file) as older:
        older.execute("CREATE TABLE senders (owner TEXT PRIMARY KEY, fingerprint TEXT NOT NULL)")
        older.execute("INSERT INTO senders VALUES ('operator', 'A')")
    older.close()
    for _ in range(2):
        found = Store(file).keys_of("operator")
        assert [(row["fingerprint"], row["until"], row["revoked_at"]) for row in found] == [("A", None, None)]


def test_a_platform_that_starts_again_shows_the_key_it_rotated_to(tmp_path: Path, homes: list[OpenPgpSealer]):
    first = create_platform(tmp_path / "again", PlatformSettings(receiver=RECEIVER)).extensions["intake"]
    homes.append(first.sealer)
    new = first.rotate_key()
    again = create_platform(tmp_path / "again", PlatformSettings(receiver=RECEIVER)).extensions["intake"]
    homes.append(again.sealer)
    assert again.key == new
