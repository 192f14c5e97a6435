"""The SQL of the walls: one place for every statement that keeps tenants apart.

Policies compare ``tenant_id`` with a transaction-local setting and nothing else: an OR or a
CASE in a policy costs the index (0.4 ms became 220 to 858 ms on a million rows). Each
audience has its own role and its own policy instead.
"""

from __future__ import annotations

from collections.abc import Collection

from tenants.isolation.context import APP, OWNER, STAFF

# NULLIF: after the first transaction on a connection an unset setting reads '' and not NULL.
CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')::bigint"
CURRENT_USER = "nullif(current_setting('app.user', true), '')::bigint"
TRAIL_TABLE = "tenants_trailentry"


def grants(table: str) -> str:
    """Data rights only: TRUNCATE, REFERENCES and TRIGGER stay with the owner."""
    return f'grant select, insert, update, delete on "{table}" to {APP}, {STAFF}'


def wall(table: str, column: str = "tenant_id") -> str:
    """Row-level security for a table whose ``column`` names the tenant."""
    own = f"{column} = {CURRENT_TENANT}"
    return f"""
        alter table "{table}" enable row level security;
        alter table "{table}" force row level security;
        create policy tenant on "{table}" to {APP} using ({own}) with check ({own});
        create policy staff on "{table}" to {STAFF} using (true) with check (true);
        create policy owner on "{table}" to {OWNER} using (true) with check (true);
    """


def tenant_key(table: str) -> str:
    """The unique key (tenant_id, id) that a composite foreign key refers to."""
    return (
        f'create unique index if not exists "{table[:50]}_tenant_key" on "{table}" (tenant_id, id)'
    )


def trail_trigger(
    table: str,
    events: str = "insert or update or delete",
    when: str = "",
    unsaid: Collection[str] = (),
) -> str:
    """Record each change of a row in the trail.

    ``when`` leaves out what is recorded elsewhere. Of the columns in ``unsaid`` the trail keeps
    that they changed and not what they said: the trail is never altered, so what a retention rule
    is to erase must not get into it.
    """
    condition = f" when ({when})" if when else ""
    arguments = ", ".join(f"'{name}'" for name in ("tenant_id", *sorted(unsaid)) if unsaid)
    return (
        f'create trigger trail after {events} on "{table}" '
        f"for each row{condition} execute function trail_record({arguments})"
    )


def leave_unsaid(table: str, columns: Collection[str]) -> str:
    """The trail of ``table`` anew, without what these columns say; see reviewed.UNSAID_IN_TRAIL."""
    return f"{drop_trail_trigger(table)}; {trail_trigger(table, unsaid=columns)}"


def drop_trail_trigger(table: str) -> str:
    """For tables that record work rather than facts; each is listed with its reason."""
    return f'drop trigger trail on "{table}"'
