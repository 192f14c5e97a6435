"""Questions to PostgreSQL's own catalogue that prove the second wall stands.

The same checks run in the test suite, in ``manage.py check_isolation`` and at start-up in
production. They read the catalogue and not the models, so a table made by hand is seen too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.isolation import reviewed


@dataclass(frozen=True, slots=True)
class Finding:
    """One hole in the wall: the rule it breaks and the object that breaks it."""

    rule: str
    subject: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}"


UNWALLED = """
select c.relname from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p')
  and not (c.relrowsecurity and c.relforcerowsecurity and a.attnotnull
    and exists (select from pg_policy p where p.polrelid = c.oid
                and 'portal_app'::regrole = any (p.polroles) and p.polwithcheck is not null))
"""

WITHOUT_TENANT = """
select c.relname from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
where c.relkind in ('r', 'p') and not exists (
  select from pg_attribute a
  where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
"""

# A policy that is not a plain comparison with the setting may be slow, or wrong.
ODD_POLICIES = """
select polrelid::regclass::text || '.' || polname from pg_policy p
where 'portal_app'::regrole = any (polroles)
  and pg_get_expr(polqual, polrelid) !~ '^\\((tenant_id|id) = \\(NULLIF\\(current_setting\\(''app\\.tenant'
"""

OPEN_TO_EVERYBODY = """
select polrelid::regclass::text || '.' || polname from pg_policy p where 0 = any (polroles)
"""

VIEWS = """
select c.relname from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
where c.relkind = 'm' or (c.relkind = 'v' and not coalesce((
  select option_value::bool from pg_options_to_table(c.reloptions)
  where option_name = 'security_invoker'), false))
"""

DEFINERS = """
select p.oid::regprocedure::text from pg_proc p
join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public'
where p.prosecdef
"""

LOOSE_KEYS = """
select k.conrelid::regclass || '.' || k.conname from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'tenant_id'
join pg_attribute b on b.attrelid = k.confrelid and b.attname = 'tenant_id'
where k.contype = 'f' and not (a.attnum = any (k.conkey) and b.attnum = any (k.confkey))
"""

UNIQUE_ACROSS = """
select i.indexrelid::regclass::text from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'tenant_id'
where (i.indisunique or i.indisexclusion) and not i.indisprimary
  and not a.attnum = any (i.indkey::int2[])
"""

EXCESSIVE_GRANTS = """
select distinct grantee || ' ' || privilege_type || ' ' || table_name
from information_schema.role_table_grants
where table_schema = 'public'
  and grantee in ('portal_app', 'portal_staff', 'portal_public', 'PUBLIC')
  and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
"""

ALTERABLE_TRAIL = """
select distinct grantee || ' ' || privilege_type
from information_schema.role_table_grants
where table_name = 'tenants_trailentry' and grantee <> 'portal_owner'
  and privilege_type not in ('SELECT', 'INSERT')
"""

UNTRAILED = """
select c.relname from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and not exists (
  select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'trail' and t.tgenabled <> 'D')
"""

INHERITED_ROLES = """
select r.rolname || ' is inherited by ' || m.rolname from pg_auth_members g
join pg_roles r on r.oid = g.roleid join pg_roles m on m.oid = g.member
where m.rolname = 'portal_app' and (g.inherit_option or g.admin_option)
"""

RULES: dict[str, tuple[str, frozenset[str]]] = {
    "tenant table without its wall": (UNWALLED, frozenset()),
    "table without tenant_id, not on the reviewed list": (
        WITHOUT_TENANT,
        frozenset(reviewed.TABLES_WITHOUT_TENANT),
    ),
    "policy that is not one comparison with the setting": (ODD_POLICIES, frozenset()),
    "policy for everybody": (OPEN_TO_EVERYBODY, frozenset()),
    "view that runs with its owner's eyes": (VIEWS, frozenset()),
    "function that runs with its owner's rights": (DEFINERS, frozenset()),
    "foreign key between tenant tables without tenant_id": (
        LOOSE_KEYS,
        frozenset(reviewed.KEYS_ACROSS_TENANTS),
    ),
    "unique key without tenant_id": (UNIQUE_ACROSS, frozenset(reviewed.UNIQUE_ACROSS_TENANTS)),
    "right that the portal must not have": (EXCESSIVE_GRANTS, frozenset()),
    "trail that can be altered": (ALTERABLE_TRAIL, frozenset()),
    "tenant table without a trail": (UNTRAILED, frozenset(reviewed.TABLES_WITHOUT_TRAIL)),
    "role inherited instead of switched to": (INHERITED_ROLES, frozenset()),
}

ROLE_IN_USE = """
select rolsuper, rolbypassrls, rolcreaterole,
       (select count(*) from pg_class c where c.relowner = r.oid)
from pg_roles r where rolname = session_user
"""


def findings(connection: Any) -> list[Finding]:
    """Every hole found, empty when the wall stands."""
    found = [Finding("role in use", problem) for problem in role_findings(connection)]
    with connection.cursor() as cursor:
        for rule, (query, accepted) in RULES.items():
            cursor.execute(query)
            found += [Finding(rule, name) for (name,) in cursor if name not in accepted]
    return found


def role_findings(connection: Any) -> list[str]:
    """Why the role of this connection must not be used by the web or the workers."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE_IN_USE)
        is_super, bypasses, creates_roles, owned = cursor.fetchone()
    problems = {
        "The database role is a superuser.": is_super,
        "The database role bypasses row-level security.": bypasses,
        "The database role may create roles.": creates_roles,
        "The database role owns tables.": owned,
    }
    return [sentence for sentence, found in problems.items() if found]
