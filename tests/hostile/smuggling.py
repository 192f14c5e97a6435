"""Every form once more with every column of every table added: none of them may be written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.apps import apps
from django.db import models

from tests.browser.small_park import OWNER, STAFF_MEMBER, SmallPark
from tests.hostile.attack import Attack
from tests.hostile.rows import Leaf, Watch
from tests.hostile.sender import Pairs
from tests.hostile.walk import Door

NUMBER, DAY, WORD = 987654321, "2001-02-03", "smuggled-q7"
SIGNS = (str(NUMBER), DAY, WORD)
# What views call things that no column is called.
MORE = ["pk", "owner", "owner_id", "status", "actor", "actor_id", "role", "permissions", "now"]

# Not columns here: what a view is told to do.
ORDERS = {"action"}


def extras(door: Door, park: SmallPark) -> Pairs:
    """All columns that are none of the form's own fields, each with values that fit its kind."""
    own = {*door.form.names, *ORDERS}
    found: Pairs = [(name, WORD) for name in MORE if name not in own]
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            value = _value(column, park)
            names = {column.name, column.attname} - own
            found += [(name, value) for name in sorted(names)]
    return list(dict.fromkeys(found))


def _value(column: Any, park: SmallPark) -> str:
    """A neighbour's or somebody else's id, another state, else a sign that is found again."""
    if column.is_relation:
        return str(_other(column.related_model, park))
    if column.choices:
        return str(column.choices[-1][0])
    if isinstance(column, models.BooleanField):
        return "on"
    if isinstance(column, models.DateTimeField):
        return f"{DAY} 04:05:06"
    if isinstance(column, models.DateField):
        return DAY
    numbers = (models.IntegerField, models.DecimalField, models.FloatField)
    return str(NUMBER) if isinstance(column, numbers) else WORD


def _other(model: Any, park: SmallPark) -> int:
    if model._meta.label == "tenants.Tenant":
        mine = {member.tenant_id for member in park.members.values()}
        return next(number for number in range(1, 100) if number not in mine)
    if model._meta.label == "tenants.User":
        known = {park.members[OWNER].user_id, park.members[STAFF_MEMBER].user_id}
        return next(number for number in range(1, 100) if number not in known)
    return 1


Values = Counter[tuple[Leaf, str]]


def written_by(attack: Attack, more: Pairs) -> tuple[Values, bool]:
    """Every value that the form's submission wrote, and whether it was taken."""
    with attack.sender.undone():
        watch = Watch()
        answer = attack.send({}, more, follow=False)
        changes = watch.changes()
        values = Counter((leaf, repr(value)) for leaf, value in changes.leaves())
        values.update(((table, ("gone",)), str(n)) for table, n in changes.deleted.items())
        return values, answer.is_accepted


def smuggle(attack: Attack) -> int:
    """Compare what is written with and without the extra fields; gives how many were sent."""
    door, sender = attack.door, attack.sender
    more = extras(door, attack.park)
    plain = written_by(attack, [])[0]
    again = written_by(attack, [])[0] if plain else plain
    # Ids, moments and keys differ each time; a sign in them would still be seen.
    restless = {leaf for (leaf, _value) in (plain - again) + (again - plain)}
    bent, is_taken = written_by(attack, more)
    # What was free when the form was first filled in may be over by now.
    if attack.is_open and not is_taken and written_by(attack, [])[1]:
        sender.complain(door.name, "is refused because of fields it does not have")
    if bent - plain:
        # Moments are kept by the second: the two before may have fallen into the same one.
        last = written_by(attack, [])[0]
        restless |= {leaf for (leaf, _value) in (plain - last) + (last - plain)}
    for (table, path), value in bent - plain:
        is_sign = any(sign in value for sign in SIGNS)
        if is_sign or (table, path) not in restless:
            sender.complain(door.name, f"{table}.{'.'.join(path)} became {value:.60}")
    return len(more)
