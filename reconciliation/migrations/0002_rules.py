"""What no constraint of a model can say: a tally is the sum of its matches, a match is never
altered but undone once, and both are nobody's but the park's.

Each refusal has a name, and ``reconciliation/apps.py`` a sentence for it.
"""

from django.db import migrations

FACTS = """
create function reconciliation_keep_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.matched = 0
      and new.amount = (select abs(amount) from banking_statementline where id = new.line_id)
    then
      return new;
    end if;
  -- Deeper than one: the trigger of a match.
  elsif pg_trigger_depth() > 1 and to_jsonb(old) - 'matched' = to_jsonb(new) - 'matched' then
    return new;
  end if;
  raise exception 'a tally is the sum of its matches'
    using errcode = 'integrity_constraint_violation', constraint = 'tally_keeps_facts';
end
$$;
create trigger keep_tally before insert or update on reconciliation_tally
  for each row execute function reconciliation_keep_tally();

create function reconciliation_keep_match() returns trigger language plpgsql as $$
declare
  undoing text[] := array['undone_at', 'undone_by_id', 'undone_why'];
begin
  if tg_op = 'INSERT' then
    if new.undone_at is null then
      update reconciliation_tally set matched = matched + new.amount where id = new.tally_id;
      return new;
    end if;
  elsif old.undone_at is null and new.undone_at is not null
    and to_jsonb(old) - undoing = to_jsonb(new) - undoing
  then
    update reconciliation_tally set matched = matched - new.amount where id = new.tally_id;
    return new;
  end if;
  raise exception 'a match is never altered'
    using errcode = 'integrity_constraint_violation', constraint = 'match_keeps_facts';
end
$$;
create trigger keep_match before insert or update on reconciliation_match
  for each row execute function reconciliation_keep_match();
"""

# The park's own and confidential: the portal's role does not even read.
WALLS = """
revoke all on reconciliation_tally, reconciliation_match from portal_app;
revoke delete on reconciliation_tally, reconciliation_match from portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop) for statements in (FACTS, WALLS)
    ]
