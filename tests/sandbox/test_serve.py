"""The stand-ins as a process of their own, and the whole way of a message over a real line."""

import hashlib
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from registry.errors import SettingsError
from registry.sandbox.platform import PlatformSettings
from registry.sandbox.serve import Sandbox
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.transports import cleared as clearing
from registry.transports.cleared import Cleared
from registry.transports.https import HttpsTransport, Line
from registry.transports.transport import Result
from tests.sandbox.conftest import RECEIVER, SCHOOL, Draft, Sender


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path / "sandbox", (0, 0, 0), PlatformSettings(receiver=RECEIVER))
    yield running
    running.close()


def url(port: int, path: str = "") -> str:
    return f"http://127.0.0.1:{port}{path}"


@pytest.mark.proves("S1-11")
def test_a_message_goes_over_a_real_line_and_its_acknowledgement_comes_back(
    sandbox: Sandbox, tmp_path: Path, homes: list[OpenPgpSealer]
):
    create_passphrase(tmp_path / "passphrase")
    sealer = OpenPgpSealer(tmp_path / "school", tmp_path / "passphrase")
    homes.append(sealer)
    key = sealer.create_key("operator")
    with httpx.Client(base_url=url(sandbox.platform_port), trust_env=False) as client:
        theirs = client.get("/keys").json()
        sealer.pin(theirs["public_key"].encode(), theirs["fingerprint"])
        said = {"owner": "operator", "fingerprint": key, "public_key": sealer.export_public(key).decode()}
        assert client.post("/keys", json=said).status_code == 201
    school = Sender(sealer, key, theirs["fingerprint"], client=None)  # type: ignore[arg-type]  # the line replaces it
    draft = Draft().with_students(3)
    sealed = school.seal(draft.pack())
    line = Line(RECEIVER, url(sandbox.platform_port))
    with HttpsTransport(line, lambda _: sealed) as transport:
        assert transport.ask(draft.message_id).result is Result.NOT_RECEIVED
        sent = transport.send(_clear(draft, sealed))
        assert (sent.result, sent.accepted) == (Result.ANSWERED, True)
        assert school.verified(sent.acknowledgement).message_id == draft.message_id
        assert transport.send(_clear(draft, sealed)).acknowledgement == sent.acknowledgement
        assert transport.ask(draft.message_id).acknowledgement == sent.acknowledgement


def _clear(draft: Draft, sealed: bytes) -> Cleared:
    return Cleared(
        message_id=draft.message_id,
        school_id=SCHOOL,
        file_id="f",
        sha256=hashlib.sha256(sealed).hexdigest(),
        receiver=RECEIVER,
        gate_pass=clearing._PASS,  # noqa: SLF001 - the test stands in for the gate
    )


def test_letters_and_sms_come_in_by_real_doors(sandbox: Sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port) as post:
        post.sendmail("r@example.org", ["a@example.org"], b"Subject: x\r\n\r\nwords")
    with httpx.Client(base_url=url(sandbox.mailbox_port), trust_env=False) as client:
        assert client.post("/sms", json={"to": "+79000000001", "text": "code"}).status_code == 201
        found = client.get("/messages", params={"wait": 5}).json()["messages"]
    assert [one["channel"] for one in found] == ["email", "sms"]


def test_a_taken_port_is_said_plainly(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for ports in ((port, 0, 0), (0, port, 0), (0, 0, port)):
            with pytest.raises(SettingsError, match=str(port)):
                Sandbox(tmp_path / "sandbox", ports)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_cleanly_and_leaves_no_agent(tmp_path: Path, number: signal.Signals):
    code = (
        "import sys; from pathlib import Path; from registry.sandbox.serve import serve;"
        "serve(Path(sys.argv[1]), *map(int, sys.argv[2:]))"
    )
    ports = [_free() for _ in range(3)]
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "s"), *map(str, ports)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
    )
    _wait_until_ready(running, ports[0])
    running.send_signal(number)
    _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, b"")
    home = tmp_path / "s" / "platform" / "openpgp"
    probe = ["gpg-connect-agent", "--no-autostart", "--homedir", str(home), "/bye"]
    assert (
        b"no gpg-agent running" in subprocess.run(probe, capture_output=True, check=False, timeout=30).stderr
    )


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_ready(running: "subprocess.Popen[bytes]", port: int) -> None:
    with httpx.Client(trust_env=False) as client:
        while running.poll() is None:
            try:
                if client.get(url(port, "/health")).is_success:
                    return
            except httpx.TransportError:
                continue
    pytest.fail("the process ended early")
