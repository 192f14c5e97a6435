"""What the schema editor cannot know: marks are added only, and none once a session is settled."""

from django.db import migrations

TABLES = ("training_attendancemark", "training_testresult")

WALLS = """
revoke update, delete on training_attendancemark, training_testresult, training_feedback
  from portal_app, portal_staff;
create function training_not_settled() returns trigger language plpgsql as $$
begin
  if exists (select from training_seat s join training_session t on t.id = s.session_id
             where s.id = new.seat_id and t.state = 'settled') then
    raise exception 'the session is settled'
      using errcode = 'integrity_constraint_violation', constraint = 'session_is_settled';
  end if;
  return new;
end
$$;
""" + "".join(
    f"create trigger session_is_settled before insert on {table} "
    "for each row execute function training_not_settled();"
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("training", "0003_attendance")]

    operations = [migrations.RunSQL(WALLS, "drop function training_not_settled cascade")]
