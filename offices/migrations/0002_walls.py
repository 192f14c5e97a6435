"""What the schema editor cannot know: whose the rules are."""

from django.db import migrations

# The park's own: the portal reads, staff write, and nothing is deleted.
RULES = """
revoke insert, update, delete on offices_bookingrule, offices_door, offices_allowance
  from portal_app;
revoke delete on offices_bookingrule, offices_door, offices_allowance, offices_booking,
  offices_studiocard, offices_feed from portal_staff;
revoke delete on offices_booking, offices_studiocard, offices_feed from portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("offices", "0001_initial")]

    operations = [migrations.RunSQL(RULES, migrations.RunSQL.noop)]
