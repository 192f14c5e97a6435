"""What no constraint of a model can say: what was issued stays as it is, and nothing is deleted.

Each refusal has a name, and ``billing/apps.py`` a sentence for it.
"""

from django.db import migrations

from tenants.isolation import sql

FROZEN = """
create function billing_keep_invoice() returns trigger language plpgsql as $$
declare
  sums text[] := array['paid', 'credited', 'written_off'];
begin
  if tg_op = 'INSERT' then
    if new.state = 'draft' and new.paid = 0 and new.credited = 0 and new.written_off = 0 then
      return new;
    end if;
  elsif old.state = 'draft' and new.state = 'issued' then
    if new.total = (select coalesce(sum(amount), 0) from billing_invoiceline
                    where tenant_id = new.tenant_id and invoice_id = new.id)
      and new.total = (select coalesce(sum(gross), 0) from billing_invoicetax
                       where tenant_id = new.tenant_id and invoice_id = new.id)
    then
      return new;
    end if;
    raise exception 'bill % does not sum up', new.id
      using errcode = 'check_violation', constraint = 'invoice_sums_up';
  elsif old.state = 'draft'
    or old.state = 'issued' and to_jsonb(old) - sums = to_jsonb(new) - sums
  then
    return new;
  end if;
  raise exception 'an issued bill is frozen'
    using errcode = 'integrity_constraint_violation', constraint = 'invoice_frozen';
end
$$;
create trigger keep_invoice before insert or update on billing_invoice
  for each row execute function billing_keep_invoice();

create function billing_keep_part() returns trigger language plpgsql as $$
declare
  sums text[] := array['credited', 'credited_gross', 'credited_tax'];
begin
  if tg_op = 'UPDATE' and to_jsonb(old) - sums = to_jsonb(new) - sums then
    return new;
  end if;
  perform from billing_invoice where state = 'issued'
    and id in (case when tg_op <> 'DELETE' then new.invoice_id end,
               case when tg_op <> 'INSERT' then old.invoice_id end);
  if found then
    raise exception 'the lines of an issued bill are frozen'
      using errcode = 'integrity_constraint_violation', constraint = 'invoice_frozen';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger keep_part before insert or update or delete on billing_invoiceline
  for each row execute function billing_keep_part();
create trigger keep_part before insert or update or delete on billing_invoicetax
  for each row execute function billing_keep_part();

create function billing_keep_payment() returns trigger language plpgsql as $$
begin
  if row(old.id, old.tenant_id, old.method, old.amount, old.currency, old.provider, old.invoice_id)
    is distinct from
    row(new.id, new.tenant_id, new.method, new.amount, new.currency, new.provider, new.invoice_id)
  then
    raise exception 'a payment keeps its facts'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_keeps_facts';
  end if;
  return new;
end
$$;
create trigger keep_payment before update on billing_payment
  for each row execute function billing_keep_payment();
"""

APPEND_ONLY = """
create function billing_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only, % refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation', constraint = 'billing_append_only';
end
$$;
create trigger append_only before update or delete on billing_creditnote
  for each row execute function billing_refuse_change();
create trigger append_only before update or delete on billing_creditnoteline
  for each row execute function billing_refuse_change();
create trigger append_only before update or delete on billing_allocation
  for each row execute function billing_refuse_change();
revoke update, delete on billing_creditnote, billing_creditnoteline, billing_allocation
  from portal_app, portal_staff;
revoke delete on billing_invoice, billing_invoicetax, billing_payment, billing_refund,
  billing_reminder, billing_fapiao, billing_numberseries from portal_app, portal_staff;
revoke insert, update, delete on billing_billingterms, billing_taxrate from portal_app;
revoke all on billing_invoicerun from portal_app;
revoke delete on billing_invoicerun, billing_billingterms, billing_taxrate from portal_staff;
"""

# Written with their bill, which leaves a trail, and frozen with it.
TRAIL = f"""
{sql.drop_trail_trigger("billing_invoiceline")};
{sql.drop_trail_trigger("billing_invoicetax")};
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_bills"), ("ledger", "0002_rules")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop)
        for statements in (FROZEN, APPEND_ONLY, TRAIL)
    ]
