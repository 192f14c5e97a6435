"""What the schema editor cannot know: facts stay as they were, and one row is read by its number."""

from django.db import migrations

from tenants.isolation import sql
from tenants.isolation.reviewed import UNSAID_IN_TRAIL

TABLE = "certificates_certificate"

# Whoever verifies one belongs to nobody: the public role sees the one row whose number was typed,
# and of it to whom it belongs.
VERIFIED = f"""
grant select (id, tenant_id, number) on {TABLE} to portal_public;
create policy public on {TABLE} for select to portal_public
  using (number = current_setting('app.certificate', true));
"""

# What may change: how it ended (once), the personal link, and the holder when it is erased.
FACTS = f"""
create function certificates_keep_facts() returns trigger language plpgsql as $$
declare
  changing text[] := array['state', 'reason', 'ended_at', 'ended_by_id', 'link_nonce',
                           'holder_name', 'holder_latin_name', 'holder_id', 'erased_at'];
begin
  if to_jsonb(old) - changing is distinct from to_jsonb(new) - changing
    or (old.erased_at is not null or new.erased_at is null)
       and row(old.holder_name, old.holder_latin_name, old.holder_id, old.erased_at)
           is distinct from row(new.holder_name, new.holder_latin_name, new.holder_id, new.erased_at)
    or old.ended_at is not null
       and row(old.state, old.reason, old.ended_at, old.ended_by_id)
           is distinct from row(new.state, new.reason, new.ended_at, new.ended_by_id)
  then
    raise exception 'a certificate keeps its facts'
      using errcode = 'integrity_constraint_violation', constraint = 'certificate_keeps_facts';
  end if;
  return new;
end
$$;
create trigger certificate_keeps_facts before update on {TABLE}
  for each row execute function certificates_keep_facts();
revoke delete on {TABLE} from portal_app, portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = [
        migrations.RunSQL(sql.leave_unsaid(TABLE, UNSAID_IN_TRAIL[TABLE]), migrations.RunSQL.noop),
        migrations.RunSQL(VERIFIED, migrations.RunSQL.noop),
        migrations.RunSQL(FACTS, "drop function certificates_keep_facts cascade"),
    ]
