"""Bring the demo's database up to date in one process: migrate, fill, write the sign-ins."""

import os
import sys

from park_portal.embedded import paths

SIGN_INS = paths.STATE / "sign-ins.txt"


def prepare() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command, get_commands

    django.setup()
    alias = "owner" if "owner" in settings.DATABASES else "default"
    call_command("migrate", database=alias, interactive=False, verbosity=1)
    SIGN_INS.unlink(missing_ok=True)
    for name in ("seed_demo", "demo_sign_ins"):
        if name not in get_commands():
            print(f"note: the command {name} does not exist yet", file=sys.stderr)
            continue
        if name == "demo_sign_ins":
            with SIGN_INS.open("w") as output:
                call_command(name, stdout=output)
        else:
            # PARK_DEMO="tenants" fills in people and organisations only: up in seconds.
            call_command(name, only=os.environ.get("PARK_DEMO", "").split())
    return 0
