"""Reads one file from standard input, says what came of it and what the child took; tests run it as a script.

A process of its own, because the system counts the largest child of a process over its whole life.
"""

import json
import resource
import sys

from registry.errors import RegistryError
from registry.people.rosters.reader import read_workbook


def main() -> None:
    """Read and tell: the number of rows or the refusal in its words, processor seconds, peak of memory."""
    try:
        told = {"rows": sum(len(sheet.rows) for sheet in read_workbook(sys.stdin.buffer.read(), "9Б"))}
    except RegistryError as error:
        told = {"refused": error.slug, "words": error.text % error.values}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"seconds": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}
    sys.stdout.write(json.dumps(told | cost))


if __name__ == "__main__":
    main()
