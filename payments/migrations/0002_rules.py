"""What the schema editor cannot know: what a provider said stays as it came, and is staff's alone."""

from django.db import migrations

# News of an unknown payment are nobody's, so the portal's role does not even read.
WALLS = """
revoke all on payments_inboxevent from portal_app;
revoke delete on payments_inboxevent from portal_staff;
"""

KEPT = """
create function payments_keep_event() returns trigger language plpgsql as $$
declare
  ours text[] := array['state', 'note', 'looked_into_by_id'];
begin
  if to_jsonb(old) - ours = to_jsonb(new) - ours then
    return new;
  end if;
  raise exception 'what a provider said is never altered'
    using errcode = 'integrity_constraint_violation', constraint = 'inbox_keeps_facts';
end
$$;
create trigger keep_event before update on payments_inboxevent
  for each row execute function payments_keep_event();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_inbox")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop) for statements in (WALLS, KEPT)
    ]
