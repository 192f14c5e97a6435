from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from tenants.isolation.catalogue import findings


class Command(BaseCommand):
    help = "Ask the database whether the wall between organisations stands; exits 1 on a finding."

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings(connection)
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise SystemExit(1)
        self.stdout.write("The wall stands: no finding.")
