"""What the schema editor cannot know: which rows an import's one trail row covers."""

from django.db import migrations

from tenants.isolation import sql

# Lines are inserted by imports only and covered by the import's row; afterwards each change
# is recorded. The keys to organisation and import are judged once a statement instead of once a
# line, which is a third of the time; imports cannot be deleted by the portal, so that holds.
LINES = f"""
{sql.drop_trail_trigger("trade_orderline")};
{sql.trail_trigger("trade_orderline", "update or delete")};

create function trade_lines_of_import() returns trigger language plpgsql as $$
begin
  if exists (
    select from (select distinct tenant_id, import_id from fresh) f
    where not exists (select from trade_orderimport i where i.tenant_id = f.tenant_id and i.id = f.import_id)
  ) then
    raise exception 'order lines of an import that does not exist'
      using errcode = 'foreign_key_violation', constraint = 'line_import_known';
  end if;
  return null;
end
$$;
create trigger line_import_known after insert on trade_orderline
  referencing new table as fresh for each statement execute function trade_lines_of_import();
create trigger line_import_stays before update of tenant_id, import_id on trade_orderline
  for each row when (old.import_id <> new.import_id or old.tenant_id <> new.tenant_id)
  execute function trade_refuse_change();
"""  # noqa: S608

REFUSE = """
create function trade_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% keeps its %', tg_table_name, tg_name using errcode = 'integrity_constraint_violation',
    constraint = tg_name;
end
$$;
"""

# An order written by an import is covered by the import's row, told by ``last_import_id``.
ORDERS = f"""
{sql.drop_trail_trigger("trade_order")};
{sql.trail_trigger("trade_order", "delete")};
create trigger trail_insert after insert on trade_order
  for each row when (new.last_import_id is null) execute function trail_record();
create trigger trail_update after update on trade_order
  for each row when (old.last_import_id is not distinct from new.last_import_id)
  execute function trail_record();
"""

# An import's row in the trail is written when it ends; what comes after that is recorded too.
IMPORTS = f"""
{sql.drop_trail_trigger("trade_orderimport")};
{sql.trail_trigger("trade_orderimport", "delete")};
create trigger trail_update after update on trade_orderimport
  for each row when (old.finished_at is not null) execute function trail_record();
revoke delete on trade_orderimport, trade_rowaccess, trade_rowconsent from portal_app, portal_staff;
revoke update on trade_rowaccess from portal_app, portal_staff;
"""

FIGURES = "".join(
    f"{sql.drop_trail_trigger(table)};"
    for table in ("trade_dailysales", "trade_monthlysales", "trade_monthlyproductsales")
)

RATES = """
revoke insert, update, delete on trade_referencerate from portal_app;
revoke delete on trade_referencerate from portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "drop function trade_refuse_change cascade"),
        migrations.RunSQL(LINES, "drop function trade_lines_of_import cascade"),
        migrations.RunSQL(ORDERS, migrations.RunSQL.noop),
        migrations.RunSQL(IMPORTS, migrations.RunSQL.noop),
        migrations.RunSQL(FIGURES, migrations.RunSQL.noop),
        migrations.RunSQL(RATES, migrations.RunSQL.noop),
    ]
