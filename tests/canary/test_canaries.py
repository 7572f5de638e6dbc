"""Nothing personal stands in clear anywhere on the machine; a destroyed person's name does not either."""

import base64
import gzip
import io
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from flask import Request
from sqlalchemy import Connection, select
from werkzeug.test import create_environ

from registry.app import load_names
from registry.consents.models.tables import act_scans
from registry.jobs.worker import keep_due_promises
from registry.people.models.tables import persons
from registry.sandbox.sample.region import PASSWORD
from registry.storage.vault import subject_keys
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.web.create import WholeRequest
from tests.canary.keeping import held_files
from tests.canary.people import CHILD, DOCUMENTS, EVERYBODY, FAMILY, MOTHER, PAPER_MOTHER
from tests.canary.scanner import needles, scan, scan_files, written
from tests.canary.using import long_workbook
from tests.canary.world import World

load_names()

EVERYTHING = needles([*DOCUMENTS, *(value for one in EVERYBODY for value in one.data)])


@pytest.mark.parametrize("how", [how for how, _ in written("х")])
def test_the_scanner_sees_every_way_of_writing(how: str) -> None:
    for value in (CHILD.snils, MOTHER.last_name, CHILD.email):
        form = dict(written(value))[how]
        assert scan(b"before" + form + b"after", needles([value]))


@pytest.mark.parametrize("before", ["", "а", "ab", "abc"])
def test_the_scanner_sees_a_value_anywhere_in_base64_and_in_compressed_files(
    before: str, tmp_path: Path
) -> None:
    text = f"{before}{MOTHER.last_name} {CHILD.snils}".encode()
    wanted = needles([MOTHER.last_name])
    assert scan(base64.b64encode(text), wanted)
    assert scan(b"\0\1" + gzip.compress(text), wanted)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", text)
    assert scan_files([tmp_path], wanted) == {
        str(tmp_path / "a.zip"): scan((tmp_path / "a.zip").read_bytes(), wanted)
    }


def test_identifiers_contacts_and_documents_stand_nowhere_in_clear(world: World) -> None:
    assert world.status == 0
    assert world.kept
    assert (world.copies / "data").is_dir()
    places = world.places()
    assert sum(path.is_file() for place in places for path in [place, *place.rglob("*")]) > 20
    (planted := world.temporary / "planted").write_bytes(b"\x00" + CHILD.snils.encode())
    found = scan_files(places, EVERYTHING)
    planted.unlink()
    assert found == {str(planted): {f"{CHILD.snils} (utf-8)"}}


@pytest.mark.parametrize(("kind", "held"), [(Request, 1), (WholeRequest, 0)])
def test_a_long_upload_is_in_no_temporary_file(
    kind: type[Request], held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web library would write it there, into a file without a name that any copy of the disk holds."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    head = b'--end\r\nContent-Disposition: form-data; name="file"; filename="long.xlsx"\r\n\r\n'
    body = io.BytesIO(head + long_workbook() + b"\r\n--end--\r\n")
    environ = create_environ(
        method="POST", input_stream=body, content_type="multipart/form-data; boundary=end"
    ) | {"CONTENT_LENGTH": str(len(body.getvalue()))}
    with kind(environ) as request, request.files["file"].stream as sent:
        found = list(held_files([os.getpid()], tmp_path))
        assert len(found) == held
        assert all(scan(file.read_bytes(), EVERYTHING) for file in found)
        assert scan(sent.read(), EVERYTHING)


def test_of_a_destroyed_family_nothing_is_left_and_the_trail_still_verifies(world: World) -> None:
    wanted = needles([*DOCUMENTS, *(value for one in FAMILY for value in (*one.data, *one.names))])
    names = needles([value for one in FAMILY for value in one.names])
    shutil.rmtree(world.copies)  # each copy is destroyed by who keeps it: that is in docs/running.md
    assert scan_files(world.places(), names)
    with world.opened() as registry, registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(persons.c.id, persons.c.last_name))
        people = {row.last_name: row.id for row in rows}
        locks = wrapped_keys(work.connection, [people[one.last_name] for one in FAMILY])
        files = work.connection.execute(select(act_scans.c.scan_file)).scalars().all()
    assert scan_files(world.places(), locks)
    assert [one for one in files if world.has_file(one)]
    for one in FAMILY:
        person = str(people[one.last_name])
        assert erasure(world, "ask", person, "--why", "по запросу", by="clerk-17").returncode == 1
        asked = erasure(
            world, "ask", person, "--why", "по запросу", "--ordered", "решение № 1", by="clerk-17"
        )
        assert asked.returncode == 0, asked.stderr
        number = asked.stdout.split()[-1].decode()
        assert erasure(world, "approve", number, by="clerk-17").returncode == 1
        done = erasure(world, "approve", number, by="director-17")
        assert done.returncode == 0, done.stderr
    with world.opened() as registry:
        while keep_due_promises(registry):
            pass
        tend(registry.engine, registry.trail, registry.now())
    assert scan_files(world.places(), wanted | locks) == {}
    assert not [one for one in files if world.has_file(one)]
    verified = world.run("trail", "verify")
    assert verified.returncode == 0, verified.stdout.decode()
    others = needles([PAPER_MOTHER.last_name])
    assert scan_files(world.places(), others)


def wrapped_keys(connection: Connection, people: list[UUID]) -> dict[bytes, str]:
    """Give persons' own keys as they are stored: with the ring's they open all that old pages hold."""
    mine = select(subject_keys).where(subject_keys.c.subject.in_(people))
    return {row.wrapped: f"key of {row.subject}" for row in connection.execute(mine)}


def erasure(world: World, *words: str, by: str) -> subprocess.CompletedProcess[bytes]:
    secret = world.folder / "password"
    secret.write_text(PASSWORD)
    return world.run("erasure", *words, "--login", by, "--password-file", str(secret))
