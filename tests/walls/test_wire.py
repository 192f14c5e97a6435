"""The web server agrees with every proxy on where one request ends and the next begins."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded.helpers import free_port, until

APPLICATION = """
def application(environ, start_response):
    length = len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['PATH_INFO']} got {length}".encode()]
"""
START = b"POST /first HTTP/1.1\r\nHost: portal.example\r\n"
SECOND = b"GET /second HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n"
NOTHING_MORE = b"0\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("wire")
    (folder / "tiny.py").write_text(APPLICATION)
    number = free_port()
    address = ["--host", "127.0.0.1", "--port", str(number)]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", *address, "tiny:application"]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(number), 20)
        yield number
    finally:
        server.terminate()
        server.wait(10)


def answers(number: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", number)) == 0


def ask(port: int, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(raw)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_control_two_honest_requests_get_two_answers(port):
    answer = ask(port, START + b"Content-Length: 3\r\n\r\nabc" + SECOND)
    assert b"/first got 3" in answer
    assert b"/second got 0" in answer


@pytest.mark.parametrize("length", [4, 60])
def test_a_chunked_body_outweighs_a_length_and_ends_the_connection(port, length):
    both = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % length
    answer = ask(port, START + both + NOTHING_MORE + SECOND)
    assert b"/first got 0" in answer
    assert b"/second" not in answer


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
        b"Content-Length: +3\r\n\r\nabc",
        b"Transfer-Encoding: xchunked\r\n\r\n" + NOTHING_MORE,
        b"Transfer-Encoding: chunked, identity\r\n\r\n" + NOTHING_MORE,
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n" + NOTHING_MORE,
        b"X: a\r\n Content-Length: 3\r\n\r\n",
        b"X: a\rContent-Length: 3\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(port, headers):
    answer = ask(port, START + headers + SECOND)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_endless_headers_are_refused(port):
    answer = ask(port, START + b"X: " + b"a" * 500_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")
