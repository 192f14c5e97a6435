"""What the schema editor cannot know: a debt is never deleted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "revoke delete on billing_charge from portal_app, portal_staff",
            migrations.RunSQL.noop,
        )
    ]
