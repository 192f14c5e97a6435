from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tenants.isolation.context import as_system, enter_tenant
from tenants.models import Tenant
from tenants.seals import broken


class Command(BaseCommand):
    help = "Compare the trail with its seals; exits 1 when an entry was edited, removed or added."

    def handle(self, *args: Any, **options: Any) -> None:
        now, found = timezone.now(), 0
        with as_system():
            tenants = list(Tenant.objects.order_by("pk").values_list("pk", "slug"))
        for tenant_id, slug in tenants:
            with enter_tenant(tenant_id):
                for finding in broken(tenant_id, now):
                    found += 1
                    self.stderr.write(f"{slug}: {finding}")
        if found:
            raise SystemExit(1)
        self.stdout.write("The trail is as it was sealed.")
