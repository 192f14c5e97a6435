from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

# From the lowest floor up: each part stands on those before it, and does nothing twice, so a
# start that was killed half way is finished by the next one.
FLOORS = [
    "tenants",
    "backbone",
    "members",
    "spaces",
    "billing",
    "offices",
    "residency",
    "learners",
    "certificates",
    "leasing",
    "training",
    "payments",
    "ledger",
    "reconciliation",
    "trade",
    "reporting",
]


class Command(BaseCommand):
    help = "Fill the demo park with invented organisations, people and orders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="*", choices=FLOORS, help="only these parts")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has known passwords: it is not made in production.")
        for module in (f"{app}.demo" for app in options["only"] or FLOORS):
            if find_spec(module):
                self.stdout.write(f"Demo: {module.split('.')[0]}", ending=" … ")
                made = import_module(module).seed(timezone.now())
                self.stdout.write("made" if made else "there already")
