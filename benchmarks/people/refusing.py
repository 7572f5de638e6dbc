"""Files that try to do harm: from their bytes to the refusal, the parent's part included.

Run as `python -m benchmarks.people.refusing FOLDER`, in a process of its own so that its memory can be told:
reads every file of the folder; prints an object: seconds of each file, peaks in MiB.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, own_peak_mib
from registry.errors import RegistryError
from registry.people.rosters.reader import read_workbook
from tests.people.refused import REFUSED

SAMPLE = Path(__file__).parents[2] / "samples" / "school-17.xlsx"
MOST_S = 2
MOST_MIB = 256


def figures() -> Iterator[Figure]:
    """Tell of the slowest file of the pack, and of the most memory."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        for number, (_, make) in enumerate(REFUSED.values()):
            Path(folder, f"{number:03d}").write_bytes(make())
        command = [sys.executable, "-m", "benchmarks.people.refusing", folder]
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    slowest = max(said["seconds"], key=said["seconds"].__getitem__)
    name, parent, child = list(REFUSED)[int(slowest)], said["parent_mib"], said["child_mib"]
    peak, many = max(parent, child), f"{len(REFUSED)} harmful files"
    took = f"the slowest is “{name}”; a good list of 749 rows is read in {said['good_s']:.2f} s"
    whole = f"the child that reads {child:.0f} MiB, its parent {parent:.0f} MiB"
    yield Figure(
        "people",
        f"refuse each of {many}, the slowest",
        said["seconds"][slowest],
        "s",
        MOST_S,
        floor=took,
        peak_mib=peak,
    )
    yield Figure("people", f"refuse each of {many}, peak", peak, "MiB", MOST_MIB, floor=whole, peak_mib=peak)


def main() -> None:
    """Read every file once; each must be refused in words."""
    seconds = {}
    for file in sorted(Path(sys.argv[1]).iterdir()):
        data = file.read_bytes()
        begun = time.perf_counter()
        try:
            read_workbook(data)
        except RegistryError:
            seconds[file.name] = time.perf_counter() - begun
        else:
            message = f"a harmful file was let in: {list(REFUSED)[int(file.name)]}"
            raise AssertionError(message)
    begun = time.perf_counter()
    read_workbook(SAMPLE.read_bytes())
    good_s = time.perf_counter() - begun
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        json.dumps({"seconds": seconds, "good_s": good_s, "parent_mib": own_peak_mib(), "child_mib": child})
    )


if __name__ == "__main__":
    main()
