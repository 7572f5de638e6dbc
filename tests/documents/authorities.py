"""A time stamp authority for tests: the sandbox's own, at a port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from registry.documents.pades.authorities import Authority
from registry.documents.pades.keys import read_certificates
from registry.sandbox.serve import Quiet
from registry.sandbox.tsa import CERTIFICATE, Stand, create_tsa, open_stand


@dataclass(frozen=True)
class Serving:
    """The authority, where it answers, and what its stamps lead up to."""

    stand: Stand
    authority: Authority
    certificate: Path


@contextmanager
def authority(folder: Path) -> Iterator[Serving]:
    """Serve an authority of its own."""
    stand = open_stand(folder)
    server = make_server("127.0.0.1", 0, create_tsa(stand), threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        path = folder / CERTIFICATE
        yield Serving(stand, Authority(f"http://127.0.0.1:{server.port}/", read_certificates(path)), path)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
