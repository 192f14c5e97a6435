"""What the schema editor cannot know: whose the prices are, and what nobody takes back."""

from django.db import migrations

# List prices are the park's own: the portal reads. Steps and settlements are added and never
# changed; of the rest only units of a draft and lines of an open sheet are taken out, by staff.
RIGHTS = """
revoke insert, update, delete on leasing_listprice from portal_app;
revoke delete on leasing_listprice from portal_staff;
revoke update, delete on leasing_leasestep, leasing_settlement from portal_app, portal_staff;
revoke delete on leasing_lease, leasing_handover from portal_app, portal_staff;
revoke delete on leasing_leaseunit, leasing_handoverline from portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("leasing", "0001_initial")]

    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
