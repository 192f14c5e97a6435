"""Of personal columns the trail keeps that they changed, and not what they said."""

from django.db import migrations

TRAIL_FUNCTION = """
create or replace function trail_record() returns trigger language plpgsql as $$
declare
  own_column text := coalesce(tg_argv[0], 'tenant_id');
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  is_now jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  whole jsonb := coalesce(is_now, was);
  changed text[];
  unsaid text[];
begin
  if tg_op = 'UPDATE' then  -- only what changed, and nothing for a change of nothing
    select array_agg(key) into changed from jsonb_each(is_now)
     where value is distinct from was -> key;
    if changed is null then return null; end if;
    was := (select jsonb_object_agg(key, value) from jsonb_each(was) where key = any (changed));
    is_now := (select jsonb_object_agg(key, value) from jsonb_each(is_now)
                where key = any (changed));
  end if;
  if tg_nargs > 1 then
    unsaid := tg_argv[1:];
    was := (select jsonb_object_agg(key, case when key = any (unsaid) and value <> 'null'
              then '"…"' else value end) from jsonb_each(was));
    is_now := (select jsonb_object_agg(key, case when key = any (unsaid) and value <> 'null'
                 then '"…"' else value end) from jsonb_each(is_now));
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
    dependencies = [("tenants", "0007_standing")]

    operations = [migrations.RunSQL(TRAIL_FUNCTION, migrations.RunSQL.noop)]
