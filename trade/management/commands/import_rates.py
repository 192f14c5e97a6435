"""manage.py import_rates FILE [--json]"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.tables.source import open_table
from tenants.isolation.context import as_system
from trade import operations


class Command(BaseCommand):
    help = "Record reference rates from the ECB's daily file or a table of central parity rates."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        # No organisation and no person: rates belong to everybody.
        actor = Actor(user_id=None, tenant_id=0)
        try:
            with open_table(options["file"]) as table, as_system():
                answer = operations.record_rates(actor=actor, now=timezone.now(), table=table)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["as_json"]:
            self.stdout.write(json.dumps(answer))
            return
        for key, value in answer.items():
            self.stdout.write(f"{key:12} {value}")
