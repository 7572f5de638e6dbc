"""An export of ten thousand documents: how fast they are sealed and packed, in how much memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from benchmarks.consents.seeding import PROGRAMME, decided
from benchmarks.documents import NOTICE
from benchmarks.figure import Figure, own_peak_mib, resident_mib
from benchmarks.installing import environ_of, install
from registry.access.purposes import Reason
from registry.config import load_settings
from registry.documents.pades.keys import create_keys
from registry.proofs.exports.packing import Step, pack_some
from registry.proofs.exports.places import site_of
from registry.proofs.exports.rules import Span, Wanted
from registry.proofs.exports.usecases import fetch_export, order_export
from registry.proofs.models.exports import get_export
from registry.trail.entries import Actor
from registry.trail.publisher import tend
from registry.work import Registry

MANY: Final = int(os.environ.get("EXPORTED", "10000"))
SEEN: Final = (MANY // 10, MANY // 2, MANY)
LEAST_A_SECOND: Final = 18
MOST_GROWN: Final = 8
OPERATOR: Final = Actor("system", None, "operator", "terminal")
BODY: Final = "\n\n".join(NOTICE).encode()


def figures() -> Iterator[Figure]:
    """Have another process export what a school decided; it tells of itself as it goes on."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        home = Path(folder)
        environ = environ_of(home / "exports", f"sqlite:///{home / 'exports.sqlite3'}")
        registry = install(environ)
        create_keys(registry.settings.keys, "benchmark", datetime.now(UTC))
        region_id = decided(registry, MANY // 2, BODY)
        tend(registry.engine, registry.trail, registry.now())
        registry.engine.dispose()
        command = [sys.executable, "-m", "benchmarks.exports", str(region_id)]
        done = subprocess.run(command, env={**os.environ, **environ}, check=True, stdout=subprocess.PIPE)
    yield from _figures([json.loads(line) for line in done.stdout.splitlines()])


def _figures(told: list[dict[str, Any]]) -> Iterator[Figure]:
    *seen, ready = told
    unit = "documents/s of one core"
    where = "sealed, through the gate, packed and encrypted; SQLite"
    rate = ready["done"] / ready["cpu_s"]
    floor = f"{ready['done'] / ready['wall_s']:.0f}/s by the clock on the wall"
    yield Figure("exports", where, rate, unit, LEAST_A_SECOND, at_least=True, floor=floor)
    peaks = ", ".join(f"{one['peak_mib']:.0f} MiB at {one['done']}" for one in seen)
    grown = ready["peak_mib"] - seen[0]["peak_mib"]
    name = f"peak memory grown from {seen[0]['done']} to {ready['done']} documents, the file's end too"
    yield Figure("exports", name, grown, "MiB", MOST_GROWN, floor=peaks, peak_mib=ready["peak_mib"])
    fetched = f"the whole file read in pieces, {ready['size'] / 2**20:.0f} MiB"
    grown = ready["fetched_peak_mib"] - ready["peak_mib"]
    yield Figure("exports", f"peak memory grown by it: {fetched}", grown, "MiB", MOST_GROWN)


def main(region_id: UUID) -> None:
    """Order an export and make it; say on the way how far it is and how much memory it took."""
    registry = Registry.open(load_settings(os.environ))
    with registry.work(OPERATOR) as work:
        wanted = Wanted(PROGRAMME, bundles=False, receiver="Архив", reason=Reason.PLANNED, basis="№ 1")
        export = order_export(work, wanted, site_of(work, Span.REGION, region_id))
    began, waiting = (time.process_time(), time.monotonic()), list(SEEN)
    while pack_some(registry, export.id) is not Step.OVER:
        with registry.reading(OPERATOR) as work:
            done = get_export(work.connection, export.id).done
        if waiting and done >= waiting[0]:
            _tell(done=done)
            waiting.pop(0)
    cpu_s, wall_s = time.process_time() - began[0], time.monotonic() - began[1]
    peak = own_peak_mib()
    with registry.work(OPERATOR) as work:
        export, parts = fetch_export(work, export.id)
    assert export.packed == MANY, (export, SEEN)
    assert sum(len(registry.files.get(one.part_file)) for one in parts) == export.size
    said = {"done": export.packed, "cpu_s": cpu_s, "wall_s": wall_s, "size": export.size}
    print(json.dumps(said | {"peak_mib": peak, "fetched_peak_mib": own_peak_mib()}), flush=True)


def _tell(done: int) -> None:
    said = {"done": done, "peak_mib": own_peak_mib(), "resident_mib": resident_mib()}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
