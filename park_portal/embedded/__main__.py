"""``python -m park_portal.embedded up | reset | keep | prepare``."""

import sys

from park_portal.embedded.processes import ServerFailed


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else "up"
    if command == "keep":
        from park_portal.embedded.shared import keep

        return keep()
    if command == "prepare":
        from park_portal.embedded.prepare import prepare

        return prepare()
    if command in ("up", "reset"):
        from park_portal.embedded import supervisor

        return supervisor.up() if command == "up" else supervisor.reset()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServerFailed as failure:
        sys.exit(str(failure))
