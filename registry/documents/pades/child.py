"""The child's way: take the limits, read the file, look at its seal, answer in one line."""

import json
import sys

from cryptography import x509

from registry.documents.apart import keep_within
from registry.documents.pades.checking import look
from registry.documents.pades.looking import write_seen


def main() -> None:
    """Look at what comes on standard input, and say on standard output what its seal shows."""
    said = json.loads(sys.argv[1])
    keep_within(said["memory"], said["seconds"])
    seen = look(sys.stdin.buffer.read(), _certificates(said["ours"]), _certificates(said["authorities"]))
    sys.stdout.buffer.write(write_seen(seen))
    sys.stdout.buffer.flush()


def _certificates(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode()) if pem else []
