"""What no constraint of a model can say: the rules of the books, in the database itself.

Each refusal has a name, and ``ledger/apps.py`` a sentence for it. Functions run with the rights and
the eyes of whoever writes, so that row-level security holds in them too.
"""

from django.db import migrations

from tenants.isolation import sql


# An entry's currency is its account's, a hold's that of both its accounts.
KEYS = """
create unique index account_with_currency on ledger_account (tenant_id, id, currency);
alter table ledger_entry add constraint entry_as_account
  foreign key (tenant_id, account_id, currency) references ledger_account (tenant_id, id, currency);
alter table ledger_hold add constraint hold_as_account
  foreign key (tenant_id, account_id, currency) references ledger_account (tenant_id, id, currency);
alter table ledger_hold add constraint hold_as_into
  foreign key (tenant_id, into_id, currency) references ledger_account (tenant_id, id, currency);
"""

# Facts only grow. The triggers hold the owner of the tables back too.
APPEND_ONLY = """
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only, % refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation', constraint = 'ledger_append_only';
end
$$;
create trigger append_only before update or delete on ledger_voucher
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_entry
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_periodstep
  for each row execute function ledger_refuse_change();
create trigger append_only_whole before truncate on ledger_voucher
  for each statement execute function ledger_refuse_change();
create trigger append_only_whole before truncate on ledger_entry
  for each statement execute function ledger_refuse_change();
create trigger append_only_whole before truncate on ledger_periodstep
  for each statement execute function ledger_refuse_change();
revoke update, delete on ledger_voucher, ledger_entry from portal_app, portal_staff;
revoke delete on ledger_account, ledger_hold from portal_app, portal_staff;
revoke insert, update, delete on ledger_period, ledger_periodstep from portal_app;
revoke delete on ledger_period from portal_staff;
revoke update, delete on ledger_periodstep from portal_staff;
"""

# An entry writes its account's sums, numbers itself and keeps the balance after it, all under the
# lock of the account's row. Whoever is not seen is for the wall and the foreign key to refuse.
SUMS = """
create function ledger_add_entry() returns trigger language plpgsql as $$
declare
  added ledger_account;
begin
  update ledger_account set
    debits = debits + case new.side when 'D' then new.amount else 0 end,
    credits = credits + case new.side when 'C' then new.amount else 0 end,
    entries_count = entries_count + 1
  where id = new.account_id and tenant_id = new.tenant_id and state = 'open'
  returning * into added;
  if found then
    if new.amount <> round(new.amount, added.minor_units) then
      raise exception '% is no amount of %', new.amount, added.currency
        using errcode = 'check_violation', constraint = 'entry_whole_units';
    end if;
    new.number := added.entries_count;
    new.balance := (added.debits - added.credits) * case added.side when 'D' then 1 else -1 end;
  elsif exists (select from ledger_account where id = new.account_id and tenant_id = new.tenant_id) then
    raise exception 'account % takes no entries', new.account_id
      using errcode = 'check_violation', constraint = 'account_takes_entries';
  end if;
  return new;
end
$$;
create trigger add_entry before insert on ledger_entry
  for each row execute function ledger_add_entry();

create function ledger_keep_account() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.debits := 0; new.credits := 0; new.held := 0; new.entries_count := 0;
    return new;
  end if;
  -- The state is the account's own; sums come from the triggers of entries and holds alone.
  if row(old.id, old.tenant_id, old.code, old.currency, old.minor_units, old.side, old.floor,
         old.created_at)
      is distinct from row(new.id, new.tenant_id, new.code, new.currency, new.minor_units, new.side,
         new.floor, new.created_at)
    or pg_trigger_depth() < 2
       and row(old.debits, old.credits, old.held, old.entries_count)
           is distinct from row(new.debits, new.credits, new.held, new.entries_count)
  then
    raise exception 'an account keeps its facts, and its sums come from entries and holds'
      using errcode = 'integrity_constraint_violation', constraint = 'account_keeps_facts';
  end if;
  return new;
end
$$;
create trigger keep_account before insert or update on ledger_account
  for each row execute function ledger_keep_account();
"""

# Judged when the transaction ends, on whatever is there then.
ZERO_SUM = """
create function ledger_judge_voucher() returns trigger language plpgsql as $$
declare
  judged bigint := case tg_table_name when 'ledger_voucher' then new.id
                   else (to_jsonb(new) ->> 'voucher_id')::bigint end;
  voucher ledger_voucher;
  there bigint;
begin
  select * into voucher from ledger_voucher where tenant_id = new.tenant_id and id = judged;
  select count(*) into there from ledger_entry
    where tenant_id = new.tenant_id and voucher_id = judged;
  if voucher.legs is distinct from there then
    raise exception 'voucher % has % entries of %', judged, there, voucher.legs
      using errcode = 'check_violation', constraint = 'voucher_whole';
  end if;
  perform from ledger_entry where tenant_id = new.tenant_id and voucher_id = judged
    group by currency having sum(case side when 'D' then amount else -amount end) <> 0;
  if found then
    raise exception 'voucher % does not sum to zero', judged
      using errcode = 'check_violation', constraint = 'voucher_zero_sum';
  end if;
  if voucher.reverses_id is not null then
    perform from ledger_voucher where tenant_id = new.tenant_id and id = voucher.reverses_id
      and reverses_id is null and legs = voucher.legs;
    if not found or exists (
      select account_id, side, amount from ledger_entry
        where tenant_id = new.tenant_id and voucher_id = judged
      except all
      select account_id, case side when 'D' then 'C' else 'D' end, amount from ledger_entry
        where tenant_id = new.tenant_id and voucher_id = voucher.reverses_id)
    then
      raise exception 'voucher % is no mirror of %', judged, voucher.reverses_id
        using errcode = 'check_violation', constraint = 'voucher_mirrors';
    end if;
  end if;
  return null;
end
$$;
create constraint trigger zero_sum after insert on ledger_voucher deferrable initially deferred
  for each row execute function ledger_judge_voucher();
create constraint trigger zero_sum after insert on ledger_entry deferrable initially deferred
  for each row execute function ledger_judge_voucher();
"""

# Who posts holds the books open until it commits, who closes holds them alone. An advisory lock,
# because the portal's role only reads periods and may not lock them.
PERIOD_RULES = """
create function ledger_open_day() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7322, 0);
  perform from ledger_period where state = 'closed' and ends_on >= new.effective_on;
  if found then
    raise exception 'the books of % are closed', new.effective_on
      using errcode = 'check_violation', constraint = 'voucher_in_open_period';
  end if;
  new.recorded_at := clock_timestamp();
  return new;
end
$$;
create trigger open_day before insert on ledger_voucher
  for each row execute function ledger_open_day();

create function ledger_close_in_turn() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and row(old.id, old.starts_on, old.ends_on)
                          is distinct from row(new.id, new.starts_on, new.ends_on) then
    raise exception 'a period keeps its days'
      using errcode = 'integrity_constraint_violation', constraint = 'period_keeps_days';
  end if;
  perform pg_advisory_xact_lock(7322, 0);
  if new.state = 'closed' then
    perform from ledger_period where state = 'open' and ends_on < new.starts_on;
  else
    perform from ledger_period where state = 'closed' and starts_on > new.ends_on;
  end if;
  if found then
    raise exception 'periods close in turn'
      using errcode = 'check_violation', constraint = 'period_in_turn';
  end if;
  new.vouchers := case new.state when 'closed' then (
    select count(*) from ledger_voucher where effective_on between new.starts_on and new.ends_on) end;
  return new;
end
$$;
create trigger close_in_turn before insert or update on ledger_period
  for each row execute function ledger_close_in_turn();
"""

HOLD_RULES = """
create function ledger_keep_hold() returns trigger language plpgsql as $$
declare
  changing text[] := array['state', 'captured', 'ended_at', 'voucher_id'];
begin
  if tg_op = 'INSERT' and new.state = 'held' then
    update ledger_account set held = held + new.amount
      where id = new.account_id and tenant_id = new.tenant_id and state = 'open'
        and new.amount = round(new.amount, minor_units);
    if found then return null; end if;
    raise exception 'account % cannot hold %', new.account_id, new.amount
      using errcode = 'check_violation', constraint = 'account_takes_entries';
  end if;
  if tg_op = 'UPDATE' and new is not distinct from old then return null; end if;
  if tg_op = 'INSERT' or old.state <> 'held'
    or to_jsonb(old) - changing is distinct from to_jsonb(new) - changing
  then
    raise exception 'a hold begins held, ends once and keeps its facts'
      using errcode = 'integrity_constraint_violation', constraint = 'hold_keeps_facts';
  end if;
  if new.state <> 'held' then
    update ledger_account set held = held - old.amount
      where id = old.account_id and tenant_id = old.tenant_id;
  end if;
  return null;
end
$$;
create trigger keep_hold after insert or update on ledger_hold
  for each row execute function ledger_keep_hold();
"""

# Of an account the trail has how it was opened, frozen and closed; its sums are sums of entries.
FACTS = "tenant_id, code, currency, minor_units, side, floor, state, created_at"
TRAIL = f"""
{sql.drop_trail_trigger("ledger_entry")};
{sql.drop_trail_trigger("ledger_account")};
{sql.trail_trigger("ledger_account", events=f"insert or delete or update of {FACTS}")};
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop)
        for statements in (KEYS, APPEND_ONLY, SUMS, ZERO_SUM, PERIOD_RULES, HOLD_RULES, TRAIL)
    ]
