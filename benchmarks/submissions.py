"""How long a school's registry takes from its rows to sealed bytes, each size in a process of its own.

Freeze + build + sign + encrypt: the decisions of every student are evaluated from the database, the message
is built, stored, signed and encrypted. Held against the same bytes with gpg alone and with sha256 alone.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from benchmarks.figure import Figure, own_peak_mib
from registry.app import load_names
from registry.config import Settings, load_settings
from registry.keys.adopting import adopt_home
from registry.sandbox.platform import PlatformSettings
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import seal_bytes
from registry.storage.every_table import import_tables
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.storage.schema import metadata
from registry.submissions import usecases
from registry.submissions.models import records
from registry.submissions.readiness import readiness
from registry.submissions.way_out import way_out
from registry.trail.entries import SYSTEM, Actor
from registry.trail.keys import TrailKeys
from registry.work import Registry
from tests.submissions.school import PROGRAMME, School, found_school

A_SCHOOL = 749
A_LARGE_ONE = 3_000
A_GREAT_ONE = 30_000
THE_GREATEST = 50_000
A_CLASS = 500
TRIES = 3
"""A second is short: the best of a few tries says what the work costs, not what else the machine does."""
LIMITS = {
    A_SCHOOL: (2.0, None),
    A_LARGE_ONE: (None, None),
    A_GREAT_ONE: (60.0, 512.0),
    THE_GREATEST: (60.0, None),
}
"""Students: seconds and MiB at most."""
TEN_TIMES_AS_MANY = 13.0
"""So many times as long may ten times as many students take."""


def figures() -> Iterator[Figure]:
    """Measure a usual school, and schools of which each is larger than any that there is."""
    said = {students: _in_a_child(students) for students in LIMITS}
    for students, (seconds, memory) in LIMITS.items():
        yield from _sealed(students, said[students], seconds, memory)
    few, many = said[A_LARGE_ONE], said[A_GREAT_ONE]
    ratio = many["seconds"] / few["seconds"]
    name = f"freeze + build + sign + encrypt, {A_GREAT_ONE} students against {A_LARGE_ONE}"
    floor = f"{A_LARGE_ONE} students: {few['seconds']:.2f} s"
    yield Figure("submissions", name, ratio, "times", TEN_TIMES_AS_MANY, floor=floor)
    usual = said[A_SCHOOL]["statements"]
    name, floor = f"statements of readiness, {A_GREAT_ONE} students", f"{A_SCHOOL} students: {usual}"
    yield Figure("submissions", name, many["statements"], "statements", usual, floor=floor)


def _sealed(
    students: int, said: dict[str, Any], seconds: float | None, memory: float | None
) -> Iterator[Figure]:
    gpg, digest = said["gpg"], said["sha256"] * 1000
    floor = (
        f"same bytes ({said['bytes']}): gpg {gpg:.2f} s, sha256 {digest:.1f} ms; own work {said['cpu']:.1f} s"
    )
    name, peak = f"freeze + build + sign + encrypt, {students} students", said["peak_mib"]
    yield Figure("submissions", name, said["seconds"], "s", seconds, floor=floor, peak_mib=peak)
    if memory is not None:
        yield Figure("submissions", f"peak memory, {students} students", peak, "MiB", memory)


def _in_a_child(students: int) -> dict[str, Any]:
    """Fill an installation in one process and measure in another: filling leaves no trace in its memory."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        told = {}
        for what in ("fill", "measure"):
            command = [sys.executable, "-m", "benchmarks.submissions", what, folder, str(students)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told = json.loads(done.stdout.splitlines()[-1])
        return told


def _settings(home: str) -> Settings:
    return load_settings({"REGISTRY_HOME": home, "REGISTRY_TODAY": "2020-11-02"})


def fill(home: str, students: int) -> dict[str, object]:
    """Make an installation with one school whose students are all decided."""
    settings = _settings(home)
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    create_passphrase(settings.keys / "passphrase")
    with OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer:
        operator, platform = sealer.create_key("registry-operator"), sealer.create_key("bench-platform")
    receiver = PlatformSettings().receiver
    said = {"operator": operator, "platform": platform, "receiver": receiver}
    (settings.keys / "parties.json").write_text(json.dumps(said), "utf-8")
    registry = Registry.open(settings)
    import_tables()
    upgrade(registry.engine)
    metadata.create_all(registry.engine)
    load_names()
    adopt_home(registry)
    school = found_school(registry)
    for number in range(0, students, A_CLASS):
        part = min(A_CLASS, students - number)
        school.decide(
            school.enrol(part, f"{number // A_CLASS % 8 + 4}{'АБВГДЕЖИКЛМНОПРСТ'[number // A_CLASS // 8]}")
        )
    Path(home, "school.json").write_text(json.dumps([str(school.id)]))
    registry.engine.dispose()
    return {}


def measure(home: str, students: int) -> dict[str, object]:
    """Prepare and seal in this process, whose peak memory is told; a small school several times."""
    small = students <= A_LARGE_ONE
    registry = Registry.open(_settings(home))
    load_names()
    school = _school(registry, home)
    tries = [_take(registry, school, keep=False) for _ in range(TRIES - 1)] if small else []
    best = min([*tries, _take(registry, school, keep=True)], key=lambda one: one.seconds)
    said = {
        "seconds": best.seconds,
        "cpu": best.cpu,
        "peak_mib": own_peak_mib(),
        "bytes": len(best.sealed),
        "statements": _statements(registry, school),
    }
    return said | _floors(registry, best.submission)


@dataclass(frozen=True, slots=True)
class Take:
    """The measured way, gone once: seconds by the clock and of this process's own work, and what was made."""

    seconds: float
    cpu: float
    submission: records.Submission
    sealed: bytes


def _take(registry: Registry, school: School, *, keep: bool) -> Take:
    """Go the measured way once; a try that is not kept is rolled back."""
    started, worked = time.perf_counter(), time.process_time()
    with registry.work(school.clerk) as work:
        submission = usecases.prepare_school(work, school.id, PROGRAMME)
        if not keep:
            work.connection.get_transaction().rollback()
    with way_out(registry) as out:
        sealed = seal_bytes(out.sealer, registry.files.get(submission.payload_file), out.parties)
    return Take(time.perf_counter() - started, time.process_time() - worked, submission, sealed)


def _school(registry: Registry, home: str) -> School:
    school_id = UUID(json.loads(Path(home, "school.json").read_text())[0])
    clerk = Actor("staff", uuid4(), "clerk", "password", school_id)
    return School(registry, school_id, clerk, clerk)


def _statements(registry: Registry, school: School) -> int:
    seen: list[object] = []
    event.listen(registry.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    with registry.reading(SYSTEM) as work:
        readiness(work, school.id, PROGRAMME)
    return len(seen)


def _floors(registry: Registry, submission: records.Submission) -> dict[str, float]:
    """Sign and encrypt the same bytes with gpg by hand, and digest them."""
    payload = registry.files.get(submission.payload_file)
    keys = registry.settings.keys
    with way_out(registry) as out:
        parties = out.parties
    words = ["--batch", "--quiet", "--yes", "--trust-model", "always", "--pinentry-mode", "loopback"]
    secret = ["--passphrase-file", str(keys / "passphrase"), "--compress-algo", "none"]
    act = ["--sign", "-u", parties.signer, "--encrypt", "-r", parties.recipient]
    started = time.perf_counter()
    subprocess.run(
        ["gpg", "--homedir", str(keys / "openpgp"), *words, *secret, *act],
        input=payload,
        stdout=subprocess.DEVNULL,
        check=True,
        env={"PATH": os.defpath},
    )
    sealed = time.perf_counter()
    hashlib.sha256(payload).digest()
    return {"gpg": sealed - started, "sha256": time.perf_counter() - sealed}


if __name__ == "__main__":
    doing, where, number = sys.argv[1:]
    print(json.dumps(fill(where, int(number)) if doing == "fill" else measure(where, int(number))))
