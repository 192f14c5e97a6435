"""What the schema editor cannot know: whose the tree is, and the key with ``is_exclusive``."""

from django.db import migrations

# The park's own: the portal reads, staff write, and nothing is deleted.
TREE = """
revoke insert, update, delete on spaces_building, spaces_floor, spaces_spacetype, spaces_space
  from portal_app;
revoke delete on spaces_building, spaces_floor, spaces_spacetype, spaces_space, spaces_occupancy
  from portal_staff;
revoke delete on spaces_occupancy from portal_app;
"""

# An occupancy cannot say of its space that it is counted when it is taken by one at a time: the
# exclusion constraint would not see the row.
EXCLUSIVE = """
alter table spaces_occupancy add constraint occupancy_exclusive_as_space
  foreign key (space_id, is_exclusive) references spaces_space (id, is_exclusive);
"""


class Migration(migrations.Migration):
    dependencies = [("spaces", "0001_initial")]

    operations = [
        migrations.RunSQL(TREE, migrations.RunSQL.noop),
        migrations.RunSQL(
            EXCLUSIVE, "alter table spaces_occupancy drop constraint occupancy_exclusive_as_space"
        ),
    ]
