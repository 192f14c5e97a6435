"""What the schema editor cannot know: whose the catalogue is, and what is never taken back."""

from django.db import migrations

# The park's own: the portal reads, staff write, and nothing is deleted but who teaches what.
WALLS = """
revoke insert, update, delete on training_programme, training_course, training_courseprerequisite,
  training_trainer, training_session, training_sessiontrainer, training_sessiondate,
  training_sessionshare, training_fundingline, training_seatagreement, training_seatgrant
  from portal_app;
revoke delete on training_programme, training_course, training_trainer, training_session,
  training_sessiondate, training_sessionshare, training_fundingline, training_seatagreement,
  training_seatgrant, training_seat from portal_staff;
revoke update on training_seatgrant from portal_staff;
revoke delete on training_seat from portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
