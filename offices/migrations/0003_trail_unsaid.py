"""The trail does not keep what a retention rule erases."""

from django.db import migrations

from tenants.isolation import sql
from tenants.isolation.reviewed import UNSAID_IN_TRAIL

TABLE = "offices_studiocard"


class Migration(migrations.Migration):
    dependencies = [("offices", "0002_walls"), ("tenants", "0008_trail_unsaid")]

    operations = [
        migrations.RunSQL(
            sql.leave_unsaid(TABLE, UNSAID_IN_TRAIL[TABLE]),
            f"{sql.drop_trail_trigger(TABLE)}; {sql.trail_trigger(TABLE)}",
        )
    ]
