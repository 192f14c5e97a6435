"""``make test-external``: the suite against a PostgreSQL that is reached as an external one is.

A second embedded server listens on TCP with passwords; pytest gets its addresses in
DATABASE_URL and DATABASE_OWNER_URL and embeds nothing. Arguments go to pytest.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from park_portal.embedded.postgres import EmbeddedPostgres
from park_portal.embedded.redis import EmbeddedRedis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="park-external-"))
    folder.chmod(0o711)
    passwords = {role: secrets.token_urlsafe() for role in ("portal_app", "portal_owner")}
    server = EmbeddedPostgres(folder / "pg", folder / "run", port=free_port(), fsync=False)
    redis = EmbeddedRedis(folder / "redis", folder / "run")
    try:
        with server, redis:
            server.prepare_portal()
            for role, password in passwords.items():
                server.set_password(role, password)
            with server.connect() as connection, connection.cursor() as cursor:
                cursor.execute("alter role portal_owner createdb")
                cursor.execute("grant set on parameter session_replication_role to portal_owner")
            environment = os.environ | {
                "DATABASE_URL": server.tcp_url("portal_app", passwords["portal_app"]),
                "DATABASE_OWNER_URL": server.tcp_url("portal_owner", passwords["portal_owner"]),
                "REDIS_URL": redis.url(),
                "CELERY_BROKER_URL": redis.broker_url(),
            }
            command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
            return subprocess.run(command, env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
