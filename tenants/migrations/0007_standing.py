"""Whether an organisation has left is asked before its people come in."""

from django.db import migrations

LOOK_UP = "grant select (left_at) on tenants_tenant to portal_public"
NO_MORE = "revoke select (left_at) on tenants_tenant from portal_public"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_leaving")]

    operations = [migrations.RunSQL(LOOK_UP, NO_MORE)]
