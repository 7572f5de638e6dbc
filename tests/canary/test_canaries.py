"""Nothing personal stands in clear anywhere on the machine; a destroyed person's name does not either."""

import base64
import gzip
import zipfile
from pathlib import Path

import pytest

from tests.canary.people import CHILD, DOCUMENTS, EVERYBODY, MOTHER
from tests.canary.scanner import needles, scan, scan_files, written
from tests.canary.world import World

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


@pytest.mark.proves("S1-15", "S1-16")
def test_identifiers_contacts_and_documents_stand_nowhere_in_clear(world: World) -> None:
    assert world.status == 0
    assert world.kept
    places = world.places()
    assert sum(path.is_file() for place in places for path in [place, *place.rglob("*")]) > 20
    (planted := world.temporary / "planted").write_bytes(b"\x00" + CHILD.snils.encode())
    assert scan_files(places, EVERYTHING) == {str(planted): {f"{CHILD.snils} (utf-8)"}}
    planted.unlink()
