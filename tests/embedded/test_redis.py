"""The embedded Redis-compatible server."""

from __future__ import annotations

from pathlib import Path

import redis

from park_portal.embedded.redis import EmbeddedRedis


def test_it_answers_on_its_socket_and_stops(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "redis") as server:
        client = redis.Redis.from_url(server.url())
        assert client.set("key", "value")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
    assert not server.is_running()


def test_the_demo_keeps_its_queue_over_a_restart(tmp_path: Path) -> None:
    for expected in (None, b"value"):
        with EmbeddedRedis(tmp_path / "redis", append_only=True) as server:
            client = redis.Redis.from_url(server.url())
            assert client.get("key") == expected
            client.set("key", "value")
