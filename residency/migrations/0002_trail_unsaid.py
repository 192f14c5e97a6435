"""The trail does not keep what retention rules erase."""

from django.db import migrations

from tenants.isolation import sql
from tenants.isolation.reviewed import UNSAID_IN_TRAIL

TABLES = [
    "residency_application",
    "residency_applicationdocument",
    "residency_followup",
    "residency_lead",
    "residency_review",
]


class Migration(migrations.Migration):
    dependencies = [("residency", "0001_initial"), ("tenants", "0008_trail_unsaid")]

    operations = [
        migrations.RunSQL(
            sql.leave_unsaid(table, UNSAID_IN_TRAIL[table]),
            f"{sql.drop_trail_trigger(table)}; {sql.trail_trigger(table)}",
        )
        for table in TABLES
    ]
