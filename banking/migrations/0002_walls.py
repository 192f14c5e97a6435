"""What the schema editor cannot know: the park's accounts and payers are nobody else's to see."""

from django.db import migrations

# The park's own and confidential: the portal's role does not even read; staff take nothing back but
# what was set aside, which is put down anew when its file is read again.
WALLS = """
revoke all on banking_bankaccount, banking_statementfile, banking_statement, banking_statementline,
  banking_quarantined from portal_app;
revoke delete on banking_bankaccount, banking_statementfile, banking_statement,
  banking_statementline from portal_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
