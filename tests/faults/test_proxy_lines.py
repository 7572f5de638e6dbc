"""The tests' own proxy: it loses no line while it stands, and leaves nothing behind when it is closed."""

import gc
import logging
import socket
import time

import pytest

from tests.proxy import proxied


@pytest.fixture
def server() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_line_whose_client_said_all_is_not_taken_by_the_collector(server: socket.socket) -> None:
    with (
        server,
        proxied(server.getsockname()[1]) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), 10) as client,
        server.accept()[0] as there,
    ):
        client.sendall(b"asked")
        client.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: there.recv(100), b"")) == b"asked"
        for _ in range(10):
            time.sleep(0.01)  # the proxy comes to rest: a line that waits for nothing but the server
            gc.collect()
        there.sendall(b"answered")
        assert client.recv(100) == b"answered"


def test_a_closed_proxy_leaves_nothing_open(server: socket.socket, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "asyncio")
    with server:
        for _ in range(10):
            with proxied(server.getsockname()[1]) as proxy:
                clients = [socket.create_connection(("127.0.0.1", proxy.port), 10) for _ in range(8)]
                clients[0].sendall(b"begun")
            for client in clients:
                with client:
                    try:
                        assert client.recv(100) == b""
                    except ConnectionResetError:
                        continue
    gc.collect()  # what is left open becomes a warning here, and a warning is a failure
    assert caplog.records == []
