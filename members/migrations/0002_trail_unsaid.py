"""The trail does not keep what retention rules erase."""

from django.db import migrations

from tenants.isolation import sql
from tenants.isolation.reviewed import UNSAID_IN_TRAIL

TABLE = "members_invitation"


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("tenants", "0008_trail_unsaid")]

    operations = [
        migrations.RunSQL(
            sql.leave_unsaid(TABLE, UNSAID_IN_TRAIL[TABLE]),
            f"{sql.drop_trail_trigger(TABLE)}; {sql.trail_trigger(TABLE)}",
        )
    ]
