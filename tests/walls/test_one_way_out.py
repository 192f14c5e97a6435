"""Only one module of the portal calls other machines at addresses that people set."""

from __future__ import annotations

from park_portal.embedded.paths import CHECKOUT
from tests.walls.sources import imported, modules

# Whatever opens a connection, from the standard library or from what is installed.
NETWORK = """
    aiohttp asyncio botocore curl_cffi ftplib http.client http.server httpcore httpx imaplib
    multiprocessing.connection niquests nntplib paramiko poplib pycurl requests requests_hardened
    smtplib socket socketserver ssl telnetlib tornado treq trio urllib.request urllib3
    webbrowser websocket websockets xmlrpc
""".split()  # noqa: SIM905

# Module to why it may. Mail goes by Django's SMTP, the database by psycopg2 and Django, the
# broker by Celery, the cache by Django: each to the one host that the operator's settings name.
REVIEWED = {
    "foundation/safe_http.py": "the one way out",
    "foundation/public_addresses.py": "takes a list of networks from the library; calls nobody",
    "park_portal/embedded/postgres.py": "asks on a local socket whether its own server is up",
    "park_portal/embedded/redis.py": "asks on a local socket whether its own server is up",
    "park_portal/embedded/supervisor.py": "looks for a free port of 127.0.0.1",
    "park_portal/embedded/readiness.py": "asks the demo's own web server whether it is ready",
}


def calls_out(source: str) -> set[str]:
    names = imported(source)
    return {net for net in NETWORK if any(f"{name}.".startswith(f"{net}.") for name in names)}


def test_only_reviewed_modules_can_call_other_machines():
    found = {
        str(path.relative_to(CHECKOUT)): calls_out(path.read_text(encoding="utf-8"))
        for path in modules()
    }
    assert len(found) > 100
    assert {path: nets for path, nets in found.items() if nets and path not in REVIEWED} == {}
    assert [path for path in REVIEWED if not found.get(path)] == [], "reviewed and not needed"


def test_each_way_of_importing_is_seen():
    for source in (
        "import requests",
        "import urllib.request as door",
        "from urllib import request",
        "from http.client import HTTPConnection",
        "def late():\n    import socket",
        "__import__('httpx')",
        "import importlib\nimportlib.import_module('aiohttp.client')",
    ):
        assert calls_out(source), source
    assert (
        calls_out("from urllib.parse import urlsplit\nimport sslify\nfrom . import http") == set()
    )
