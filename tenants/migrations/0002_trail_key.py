"""The trail knows with which API key something was done."""

from django.db import migrations, models

TRAIL_FUNCTION = """
create or replace function trail_record() returns trigger language plpgsql as $$
declare
  own_column text := coalesce(tg_argv[0], 'tenant_id');
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  is_now jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  whole jsonb := coalesce(is_now, was);
  changed text[];
begin
  if tg_op = 'UPDATE' then  -- only what changed, and nothing for a change of nothing
    select array_agg(key) into changed from jsonb_each(is_now)
     where value is distinct from was -> key;
    if changed is null then return null; end if;
    was := (select jsonb_object_agg(key, value) from jsonb_each(was) where key = any (changed));
    is_now := (select jsonb_object_agg(key, value) from jsonb_each(is_now)
                where key = any (changed));
  end if;
  insert into tenants_trailentry
    (tenant_id, user_id, key_id, action, "table", row_id, before, after, request_id)
  values ((whole ->> own_column)::bigint,
          nullif(current_setting('app.user', true), '')::bigint,
          nullif(current_setting('app.key', true), '')::bigint,
          lower(tg_op), tg_table_name, (whole ->> 'id')::bigint, was, is_now,
          left(coalesce(current_setting('app.request', true), ''), 64));
  return null;
end
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            "trailentry", "key_id", models.BigIntegerField(null=True, verbose_name="API key")
        ),
        # The column stays when this is undone, and the older function leaves it empty.
        migrations.RunSQL(TRAIL_FUNCTION, migrations.RunSQL.noop),
    ]
