"""Calls to addresses that people set reach the public internet and nothing else."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import requests

from foundation import safe_http
from foundation.errors import InvalidInput
from foundation.public_addresses import is_public
from foundation.safe_http import ANSWER_BYTES, NoAnswer, check_url, send
from tests.foundation.certificates import authority, certificate
from tests.foundation.hostile_urls import HOSTILE, LOOPBACK
from tests.foundation.listening import Resolver, listening

PUBLIC, PUBLIC_TOO, PUBLIC_6 = "93.184.216.34", "93.184.216.99", "2606:2800:220:1::1"


@pytest.fixture
def resolver(monkeypatch):
    resolver = Resolver()
    resolver.knows("public.example", [PUBLIC])
    resolver.knows("private.example", ["127.0.0.1"])
    resolver.knows("metadata.example", ["169.254.169.254"])
    resolver.knows("mixed.example", [PUBLIC, "127.0.0.1"])
    resolver.knows("mixed-turned.example", ["127.0.0.1", PUBLIC])
    resolver.knows("mixed-six.example", [PUBLIC, "fd00::1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def canary():
    """Listens on every address of this machine; nothing may ever come."""
    with listening(everywhere=socket.has_dualstack_ipv6()) as canary:
        yield canary


@pytest.fixture(autouse=True)
def _plain(settings):
    """The strictest settings but for the scheme: a canary has no certificate."""
    settings.SAFE_HTTP_SCHEMES = ["https", "http"]
    settings.SAFE_HTTP_PORTS = [443, 80]
    settings.SAFE_HTTP_ALLOWED_HOSTS = []


@pytest.fixture
def own(settings):
    """Marks a listener as one of the park's own hosts."""

    def _own(listener):
        settings.SAFE_HTTP_ALLOWED_HOSTS = [listener.place]
        return listener.url

    return _own


# -- where it never goes -------------------------------------------------------------------------


def test_hostile_addresses_are_refused_on_save_and_on_send(resolver, canary, settings):
    settings.SAFE_HTTP_PORTS = [443, 80, canary.port]
    assert len(set(HOSTILE)) >= 60
    passed = []
    for template in HOSTILE:
        url = template.replace("{p}", str(canary.port))
        for door in (check_url, lambda url: send("POST", url, body=b"x", timeout=2)):
            with suppress(InvalidInput):
                door(url)
                passed.append(url)
    assert passed == []
    assert canary.hits == []


def test_without_the_judge_the_same_addresses_reach_the_canary(resolver, canary):
    reached = []
    for template in LOOPBACK:
        url, before = template.replace("{p}", str(canary.port)), len(canary.hits)
        with suppress(requests.RequestException):
            requests.get(url, timeout=2, proxies={"http": ""})
        if len(canary.hits) > before:
            reached.append(template)
    assert len(reached) >= 20, reached


def test_the_list_of_networks_alone_decides(resolver, canary, settings, monkeypatch):
    settings.SAFE_HTTP_PORTS = [canary.port]
    url = f"http://private.example:{canary.port}/"
    monkeypatch.setattr(safe_http, "is_public", lambda address: True)
    assert check_url(url)
    with pytest.raises(InvalidInput):  # the library's own list, on sending
        send("GET", url, timeout=2)
    assert canary.hits == []
    monkeypatch.setattr(safe_http, "_pinned", lambda target: safe_http._Watched())
    assert send("GET", url, timeout=2).status == 200
    assert len(canary.hits) == 1


@pytest.mark.parametrize("answers", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1"]])
def test_a_name_that_leads_elsewhere_after_it_was_saved_is_refused(
    answers, resolver, canary, settings
):
    settings.SAFE_HTTP_PORTS = [canary.port]
    url = f"http://rebind.example:{canary.port}/"
    resolver.knows("rebind.example", [PUBLIC], answers)
    assert check_url(url) == url
    with pytest.raises(InvalidInput):
        send("GET", url, timeout=2)
    assert canary.hits == []
    if answers[0] != PUBLIC:
        requests.get(url, timeout=2, proxies={"http": ""})
        assert len(canary.hits) == 1, "who asks for the name once more is led to the canary"


def test_a_name_that_changes_while_it_is_called_is_refused(resolver, canary, settings):
    settings.SAFE_HTTP_PORTS = [canary.port]
    resolver.knows("rebind.example", [PUBLIC], ["127.0.0.1"])
    with pytest.raises(InvalidInput):
        send("GET", f"http://rebind.example:{canary.port}/", timeout=2)
    assert canary.hits == []


def test_the_connection_goes_to_the_judged_address(resolver, settings):
    """The name's later answers are public too, so nothing refuses: they are just not used."""
    resolver.knows("two.example", [PUBLIC], [PUBLIC_TOO])
    resolver.roads = {PUBLIC: "127.0.0.1", PUBLIC_TOO: "127.0.0.9"}
    with listening() as judged:
        settings.SAFE_HTTP_PORTS = [judged.port]
        answer = send("GET", f"http://two.example:{judged.port}/path?a=b", timeout=2)
    assert answer.status == 200
    ((_method, path, headers, _body),) = judged.calls
    assert path == "/path?a=b"
    assert headers["Host"] == f"two.example:{judged.port}"
    assert resolver.asked[PUBLIC] == 1
    assert resolver.asked[PUBLIC_TOO] == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_answers_and_not_followed(status, canary, own):
    def away(call):
        call.send_response(status)
        call.send_header("Location", f"http://127.0.0.1:{canary.port}/")
        call.send_header("Content-Length", "0")
        call.end_headers()

    with listening(away) as server:
        answer = send("POST", own(server), json={"a": 1}, timeout=2)
        assert (answer.status, canary.hits) == (status, [])
        requests.post(server.url, json={}, timeout=2, proxies={"http": ""})
        assert len(canary.hits) == 1


def test_no_proxy_and_no_password_from_the_surroundings(canary, own, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login park password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    with listening() as server:
        assert send("GET", own(server), timeout=2).status == 200
        assert canary.hits == []
        assert "Authorization" not in server.calls[0][2]
        requests.get(server.url, timeout=2)
        assert "Authorization" in canary.calls[0][2], "plain requests takes both"


# -- what it accepts -----------------------------------------------------------------------------


def test_a_password_or_cookie_is_never_kept(own):
    with listening() as server:
        url = own(server)
        assert send("POST", url, json={"word": "字"}, headers={"X-Own": "1"}, timeout=2).body
        assert send("GET", url, timeout=2).status == 200
    first, second = server.calls
    assert first[3] == b'{"word": "\\u5b57"}'
    assert first[2]["X-Own"] == "1"
    assert "Cookie" not in second[2]


def test_a_long_answer_is_cut(own):
    poured = []

    def pour(call):
        call.send_response(200)
        call.end_headers()
        for _piece in range(2000):
            call.wfile.write(b"x" * 65536)
        poured.append(call)

    with listening(pour) as server:
        assert send("GET", own(server), timeout=5).body == b"x" * ANSWER_BYTES
    assert poured == []


def test_nothing_is_unpacked(own):
    packed = gzip.compress(bytes(50 * 1024 * 1024))

    def bomb(call):
        call.send_response(200)
        call.send_header("Content-Encoding", "gzip")
        call.send_header("Retry-After", "120")
        call.end_headers()
        call.wfile.write(packed)

    with listening(bomb) as server:
        answer = send("GET", own(server), timeout=5)
    assert answer.body == packed[:ANSWER_BYTES]
    assert server.calls[0][2]["Accept-Encoding"] == "identity"
    assert answer.headers == {"Retry-After": "120"}
    assert "body" not in repr(answer)


def test_the_body_of_a_redirect_is_cut_too(own, monkeypatch):
    """requests reads it whole to look where it would lead, unless it is told not to look."""
    poured = []

    def pour(call):
        call.send_response(302)
        call.send_header("Location", "http://elsewhere.example/")
        call.end_headers()
        for _piece in range(500):
            call.wfile.write(b"x" * 65536)
        poured.append(call)

    with listening(pour) as server:
        assert send("GET", own(server), timeout=5).status == 302
        assert poured == []
        monkeypatch.delattr(safe_http._Session, "get_redirect_target")
        send("GET", server.url, timeout=5)
        assert len(poured) == 1


@pytest.mark.parametrize("where", ["headers", "body"])
def test_who_drips_is_cut_off(where, own):
    finished, pause = [], threading.Event()

    def drip(call):
        call.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        if where == "body":
            call.wfile.write(b"no\r\n\r\n")
        for _drop in range(15):
            call.wfile.write(b"x")
            pause.wait(0.1)
        call.wfile.write(b"\r\n\r\n")
        finished.append(call)

    with listening(drip) as server:
        with pytest.raises(NoAnswer):
            send("GET", own(server), timeout=0.4)
        assert finished == []
        kept_waiting = requests.get(server.url, timeout=0.4, proxies={"http": ""})
        assert kept_waiting.status_code == 200, "a timeout alone counts from drop to drop"


def test_who_does_not_answer_is_not_waited_for(own, settings):
    with listening() as server:
        url = own(server)
    with pytest.raises(NoAnswer):  # nobody listens any more
        send("GET", url, timeout=2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.SAFE_HTTP_ALLOWED_HOSTS = [place]
        with pytest.raises(NoAnswer):
            send("GET", f"http://{place}/", timeout=0.3)


def test_tls_is_judged_by_the_name_and_not_by_the_address(
    resolver, settings, monkeypatch, tmp_path
):
    resolver.roads = {PUBLIC: "127.0.0.1"}
    resolver.knows("other.example", [PUBLIC])
    ca = authority()
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", ca.save(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(ca, "public.example").save(tmp_path / "leaf.pem"))
    with listening() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        settings.SAFE_HTTP_PORTS = [server.port]
        assert send("GET", f"https://public.example:{server.port}/", timeout=3).body == b"hello"
        with pytest.raises(NoAnswer):
            send("GET", f"https://other.example:{server.port}/", timeout=3)
    assert len(server.calls) == 1


# -- the judge -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://public.example", "https://public.example/"),
        ("HTTPS://Public.Example:443/a?b=c#part", "https://public.example/a?b=c"),
        ("http://public.example:80/", "http://public.example/"),
        ("https://public.example./a", "https://public.example/a"),
        ("https://例子.测试/路径", "https://xn--fsqu00a.xn--0zwm56d/路径"),
        ("https://public.example/#@127.0.0.1/", "https://public.example/"),
        (f"https://{PUBLIC}/", f"https://{PUBLIC}/"),
        (f"https://[{PUBLIC_6.upper()}]/", f"https://[{PUBLIC_6}]/"),
    ],
)
def test_a_public_address_is_saved_in_its_plain_form(url, plain, resolver):
    resolver.knows("xn--fsqu00a.xn--0zwm56d", [PUBLIC, PUBLIC_6])
    assert check_url(url) == plain


def test_refusals_say_what_to_do(resolver, settings):
    settings.SAFE_HTTP_SCHEMES = ["https"]
    for url, sentence in [
        ("http://public.example/", "must start with https://"),
        ("https://me:secret@public.example/", "user name or a password"),
        ("https://public.example:8080/", "Port 8080 is not allowed. Use one of: 443, 80."),
        ("https://nobody.example/", "no host of this name"),
        ("https://10.0.0.1/", "private network"),
        ("public.example", "whole web address"),
    ]:
        with pytest.raises(InvalidInput) as refused:
            check_url(url)
        assert sentence in str(refused.value)
        assert "secret" not in str(refused.value)


def test_own_hosts_are_those_listed_on_the_ports_listed(resolver, settings):
    settings.SAFE_HTTP_ALLOWED_HOSTS = ["scales.example", "printer.example:9100"]
    resolver.knows("scales.example", ["10.0.0.5"])
    resolver.knows("printer.example", ["10.0.0.6"])
    for url in ("https://scales.example/", "http://printer.example:9100/"):
        assert check_url(url) == url
    for url in (
        "http://scales.example:9100/",
        "http://printer.example/",
        "https://scales.example.mixed.example/",
        "https://10.0.0.5/",
    ):
        with pytest.raises(InvalidInput):
            check_url(url)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "8.8.8", "fe80::1%eth0", "::ffff:10.0.0.1"])
def test_what_is_no_public_address(text):
    assert not is_public(text)
