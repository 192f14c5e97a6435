"""Where the demo keeps its state, and the addresses of its servers. Imports no Django."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent.parent
STATE = Path(os.environ.get("PARK_STATE") or CHECKOUT / ".park").absolute()
LOGS = STATE / "log"
# Made by `make setup` once per checkout, whatever state a demo or a test uses.
FONTS = CHECKOUT / ".park" / "fonts"

DATABASE = "portal"
POSTGRES_PORT = 5432  # only names the socket file; TCP stays off
# sun_path holds 104 bytes on macOS and 108 on Linux; the longest name is ".s.PGSQL.65535.lock".
LONGEST_SOCKET_FOLDER = 80


class UnsafeFolder(Exception):
    """A folder that others could have made or can write to."""


def socket_folder(state: Path = STATE) -> Path:
    """The folder for unix sockets of a state folder: inside it, or a short one when it is deep."""
    inside = state / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    name = f"park-{os.getuid()}-{digest}"
    temporary = Path(tempfile.gettempdir()) / name
    return temporary if len(os.fsencode(temporary)) <= LONGEST_SOCKET_FOLDER else Path("/tmp", name)


def make_private(folder: Path, owner: int | None = None) -> Path:
    """Make ``folder`` with mode 0700 for ``owner`` (a uid, ourselves by default).

    Raises UnsafeFolder when it exists and belongs to somebody else or is open to others: the
    temporary folder is shared, and a neighbour could have put it there first.
    """
    owner = os.getuid() if owner is None else owner
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.getuid()):
            raise UnsafeFolder(f"{folder} belongs to somebody else; remove it first.") from None
        folder.chmod(0o700)
    if folder.stat().st_uid != owner:
        os.chown(folder, owner, -1)
    return folder


def database_url(role: str, database: str = DATABASE) -> str:
    """The address of the embedded PostgreSQL for ``role``, over its unix socket."""
    host = quote(str(socket_folder()), safe="/")
    return f"postgres://{role}@/{database}?host={host}&port={POSTGRES_PORT}"


def redis_socket(folder: Path | None = None) -> Path:
    return (folder or socket_folder()) / "redis.sock"


def redis_url() -> str:
    """The embedded Redis as redis-py writes it."""
    return f"unix://{quote(str(redis_socket()), safe='/')}?db=0"


def celery_broker_url() -> str:
    """The embedded Redis as Celery writes it."""
    return f"redis+socket://{quote(str(redis_socket()), safe='/')}?virtual_host=0"
