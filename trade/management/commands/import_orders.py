"""manage.py import_orders --tenant SLUG --mapping NAME FILE [--json]"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant
from trade import operations
from trade.models import OrderImport


class Command(BaseCommand):
    help = "Import a CSV or XLSX file of orders for one organisation; exits 1 when it is refused."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--mapping", required=True, metavar="NAME")
        parser.add_argument("--encoding", default="", help="utf-8, gb18030, latin-1 …")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = _import(options)
        except (DomainError, OSError) as error:
            self._refuse(error, as_json=options["as_json"])
        else:
            self._tell(done, as_json=options["as_json"])

    def _tell(self, done: OrderImport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(done.result, ensure_ascii=False, indent=2))
            return
        for key, value in (done.result or {}).items():
            self.stdout.write(f"{key:20} {value}")
        if done.result and not done.result["inserted"]:
            self.stdout.write("Nothing new: every line was known already.")

    def _refuse(self, error: Exception, *, as_json: bool) -> None:
        if as_json:
            answer = {"error": getattr(error, "code", "unreadable"), "message": str(error)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            raise SystemExit(1)
        raise CommandError(str(error))


def _import(options: dict[str, Any]) -> OrderImport:
    """One transaction from the stored file to the figures: nothing stays of what is refused."""
    actor = Actor(user_id=None, tenant_id=_tenant_id(options["tenant"]))
    now = timezone.now()
    with options["file"].open("rb") as file, enter_tenant(actor.tenant_id):
        mapping = operations.adopt_preset(actor=actor, now=now, name=options["mapping"])
        uploaded = operations.upload_orders(
            actor=actor, now=now, file=file, name=options["file"].name
        )
        chosen = {"encoding": options["encoding"] or None, "sheet": options["sheet"] or None}
        operations.read_import_as(
            actor=actor, now=now, order_import=uploaded, mapping=mapping, **chosen
        )
        return operations.run_import(actor=actor, now=now, import_id=uploaded.pk)


def _tenant_id(slug: str) -> int:
    with as_public():
        found = Tenant.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"There is no organisation “{slug}”.")
    return found
