"""Who sees a key before its organisation is known, and what of a key goes into the trail."""

from django.db import migrations

from tenants.isolation import sql

# The public role sees the one row whose prefix the caller gave, and of it what sign-in needs.
LOOK_UP = """
grant select (id, tenant_id, prefix, digest, name, role, scopes, created_at, expires_at,
              revoked_at, last_used_at) on gateway_apikey to portal_public;
create policy public on gateway_apikey for select to portal_public
  using (prefix = current_setting('app.key_prefix', true));
"""

# That a key was used is no change of the key.
KEYS = f"""
{sql.drop_trail_trigger("gateway_apikey")};
{sql.trail_trigger("gateway_apikey", "insert or delete")};
create trigger trail_update after update on gateway_apikey
  for each row when (old.last_used_at is not distinct from new.last_used_at)
  execute function trail_record();
revoke delete on gateway_apikey from portal_app, portal_staff;
"""

ANSWERS = f"""
{sql.drop_trail_trigger("gateway_idempotentanswer")};
revoke update on gateway_idempotentanswer from portal_app, portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_initial")]

    operations = [
        migrations.RunSQL(LOOK_UP, migrations.RunSQL.noop),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(ANSWERS, migrations.RunSQL.noop),
    ]
