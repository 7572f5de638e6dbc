"""Nothing personal stands in clear anywhere on the machine; a destroyed person's name does not either."""

import base64
import gzip
import subprocess
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.app import load_names
from registry.jobs.worker import keep_due_promises
from registry.people.models.tables import persons
from registry.sandbox.sample.region import PASSWORD
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from tests.canary.people import CHILD, DOCUMENTS, EVERYBODY, FAMILY, MOTHER, PAPER_MOTHER
from tests.canary.scanner import needles, scan, scan_files, written
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
    places = world.places()
    assert sum(path.is_file() for place in places for path in [place, *place.rglob("*")]) > 20
    (planted := world.temporary / "planted").write_bytes(b"\x00" + CHILD.snils.encode())
    found = scan_files(places, EVERYTHING)
    planted.unlink()
    assert found == {str(planted): {f"{CHILD.snils} (utf-8)"}}


def test_of_a_destroyed_family_nothing_is_left_and_the_trail_still_verifies(world: World) -> None:
    wanted = needles([*DOCUMENTS, *(value for one in FAMILY for value in (*one.data, *one.names))])
    names = needles([value for one in FAMILY for value in one.names])
    assert scan_files(world.places(), names)
    with world.opened() as registry, registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(persons.c.id, persons.c.last_name))
        people = {row.last_name: row.id for row in rows}
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
    assert scan_files(world.places(), wanted) == {}
    verified = world.run("trail", "verify")
    assert verified.returncode == 0, verified.stdout.decode()
    others = needles([PAPER_MOTHER.last_name])
    assert scan_files(world.places(), others)


def erasure(world: World, *words: str, by: str) -> subprocess.CompletedProcess[bytes]:
    secret = world.folder / "password"
    secret.write_text(PASSWORD)
    return world.run("erasure", *words, "--login", by, "--password-file", str(secret))
