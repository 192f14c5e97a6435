#!/usr/bin/env python3
"""Django's command line. With no DATABASE_URL set, the embedded PostgreSQL runs around it."""

import os
import sys
from contextlib import nullcontext

NO_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}


def needs_database(arguments: list[str]) -> bool:
    """Whether a command line reads or writes the database."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in NO_DATABASE or any(a.startswith("--database") for a in arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not here: run `make setup`, then .venv/bin/python manage.py …")
    from park_portal.embedded.processes import ServerFailed
    from park_portal.embedded.shared import shared_postgres

    embedded = not os.environ.get("DATABASE_URL") and needs_database(sys.argv[1:])
    try:
        with shared_postgres() if embedded else nullcontext():
            execute_from_command_line(sys.argv)
    except ServerFailed as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
