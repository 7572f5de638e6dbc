"""The registry's commands for tests, each in a process of its own that a prepared one forks.

Of what a fresh interpreter does at a command's start most is to load libraries. The prepared process has
loaded those, and nothing of the registry's own: the child loads that from the source as a start does, and
ends as an interpreter ends. Its environment, folder, words and streams are the ones that the test gives.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from typing import Any, Final

LIBRARIES: Final = (
    "alembic.command",
    "argon2",
    "argparse",
    "asn1crypto.x509",
    "babel.dates",
    "babel.messages.pofile",
    "cryptography.hazmat.primitives.serialization.pkcs7",
    "cryptography.x509",
    "flask",
    "flask_babel",
    "flask_smorest",
    "gnupg",
    "httpx",
    "logging.config",
    "marshmallow",
    "phonenumbers",
    "PIL.Image",
    "psycopg",
    "pyotp",
    "redis",
    "reportlab.pdfgen.canvas",
    "reportlab.platypus",
    "segno",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.orm",
    "sqlite3",
    "werkzeug.middleware.proxy_fix",
)
"""What most commands load; one that is missing here costs a command its time, nothing else."""
OWN: Final = "registry"
MOST: Final = 4 * 1024 * 1024


def serve(control: socket.socket) -> list[str]:
    """Fork a child a request and tell how it ended; come back in a child only, with its words."""
    while True:
        message, streams, _, _ = socket.recv_fds(control, MOST, 3)
        if not message:
            os._exit(0)
        asked = json.loads(message)
        child = os.fork()
        if not child:
            control.close()
            return become(asked, streams)
        for one in streams:
            os.close(one)
        control.send(json.dumps(child).encode())
        _, status = os.waitpid(child, 0)
        control.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def become(asked: dict[str, Any], streams: list[int]) -> list[str]:
    """Take a command's streams, environment and folder."""
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.chdir(asked["folder"])
    sys.path[0] = asked["folder"]
    words: list[str] = asked["words"]
    return words


def prepare() -> None:
    """Load the libraries, and let the collector of no child look through them."""
    gc.disable()
    for name in LIBRARIES:
        importlib.import_module(name)
    assert not [name for name in sys.modules if name.partition(".")[0] == OWN]
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    line = socket.socket(fileno=int(sys.argv[1]))
    # Ctrl-C at the terminal is for the tests, which end this process by closing its line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
    sys.argv[1:] = serve(line)
    runpy.run_module(OWN, run_name="__main__", alter_sys=True)
