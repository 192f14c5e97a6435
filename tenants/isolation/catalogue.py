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
where c.relkind in ('r', 'p', 'f') and not exists (
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
join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
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

# From the access lists themselves: information_schema shows a role only the rights it may use now,
# so portal_app, which inherits nothing, would never be told of those of portal_staff.
RIGHTS = """
with listed as (
  select c.oid, x.* from pg_class c, aclexplode(c.relacl) x
  union all
  select a.attrelid, x.* from pg_attribute a, aclexplode(a.attacl) x
), rights as (
  select c.relname, c.relkind, n.nspname, l.privilege_type as what,
    coalesce(r.rolname, 'PUBLIC') as who
  from listed l
  join pg_class c on c.oid = l.oid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_roles r on r.oid = l.grantee
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (l.grantee = 0 or r.rolname in ('portal_app', 'portal_staff', 'portal_public'))
)
"""


def _of_rights(select: str) -> str:
    return RIGHTS + select


EXCESSIVE_GRANTS = _of_rights("""
select distinct who || ' ' || what || ' ' || relname from rights
where relkind <> 'S' and what in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
""")

# The next number of a sequence tells how much all the neighbours did.
USABLE_SEQUENCES = _of_rights("""
select distinct who || ' ' || what || ' ' || relname from rights where relkind = 'S'
""")

RIGHTS_OF_EVERYBODY = _of_rights("""
select distinct what || ' ' || relname from rights where who = 'PUBLIC'
""")

PUBLIC_RIGHTS = _of_rights("""
select distinct what || ' ' || relname from rights where who = 'portal_public'
""")

# The rules below look at the schema public; what lies elsewhere would escape them.
ELSEWHERE = _of_rights("""
select distinct nspname || '.' || relname from rights where nspname <> 'public'
""")

ALTERABLE_TRAIL = _of_rights("""
select distinct who || ' ' || what from rights
where relname in ('tenants_trailentry', 'tenants_trailseal') and what not in ('SELECT', 'INSERT')
""")

PUBLIC_POLICIES = """
select polrelid::regclass::text || '.' || polname from pg_policy p
where 'portal_public'::regrole = any (polroles)
  and coalesce(pg_get_expr(polqual, polrelid), '') !~ '^\\(user_id = \\(NULLIF\\(current_setting\\(''app\\.user'
"""

# A rule of the rewriter acts with the rights of the table's owner.
REWRITES = """
select rulename || ' on ' || ev_class::regclass from pg_rewrite r
join pg_class c on c.oid = r.ev_class and c.relnamespace = 'public'::regnamespace
where rulename <> '_RETURN'
"""

SWITCHED_OFF = """
select tgname || ' on ' || tgrelid::regclass from pg_trigger t
join pg_class c on c.oid = t.tgrelid and c.relnamespace = 'public'::regnamespace
where t.tgenabled = 'D'
"""

# NOT ENFORCED came with PostgreSQL 18; to_jsonb lets an older one answer too.
UNJUDGED = """
select k.conrelid::regclass || '.' || k.conname from pg_constraint k
where k.connamespace = 'public'::regnamespace
  and not (k.convalidated and coalesce((to_jsonb(k) ->> 'conenforced')::bool, true))
"""

CREATES = """
select rolname || ' in ' || nspname from pg_roles r, pg_namespace n
where rolname in ('portal_app', 'portal_staff', 'portal_public')
  and nspname !~ '^pg_' and has_schema_privilege(r.oid, n.oid, 'CREATE')
"""

UNTRAILED = """
select c.relname from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and not exists (
  select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'trail' and t.tgenabled <> 'D')
"""

# The first argument names the column of the tenant, the others are left unsaid.
UNSAID = """
select c.relname || '.' || argument from pg_trigger t
join pg_class c on c.oid = t.tgrelid and c.relnamespace = 'public'::regnamespace,
  unnest((string_to_array(encode(t.tgargs, 'escape'), '\\000'))[2:t.tgnargs]) argument
where t.tgname = 'trail'
"""

# portal_app switches to two roles and inherits none; those two go nowhere.
ROLES = """
select r.rolname || ' is open to ' || m.rolname from pg_auth_members g
join pg_roles r on r.oid = g.roleid join pg_roles m on m.oid = g.member
where m.rolname in ('portal_app', 'portal_staff', 'portal_public')
  and not (m.rolname = 'portal_app' and r.rolname in ('portal_staff', 'portal_public')
           and not g.inherit_option and not g.admin_option)
union all
select rolname from pg_roles
where rolname in ('portal_app', 'portal_staff', 'portal_public')
  and (rolsuper or rolbypassrls or rolcreaterole or rolreplication)
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
    "column that the trail keeps silent about": (
        UNSAID,
        frozenset(f"{t}.{name}" for t, names in reviewed.UNSAID_IN_TRAIL.items() for name in names),
    ),
    "role that is more than one of three to switch to": (ROLES, frozenset()),
    "sequence that the portal can use": (USABLE_SEQUENCES, frozenset()),
    "right for everybody": (RIGHTS_OF_EVERYBODY, frozenset()),
    "right before sign-in, not on the reviewed list": (
        PUBLIC_RIGHTS,
        frozenset(reviewed.RIGHTS_BEFORE_SIGN_IN),
    ),
    "policy before sign-in that is not about the person": (
        PUBLIC_POLICIES,
        frozenset(reviewed.POLICIES_BEFORE_SIGN_IN),
    ),
    "table outside the schema public": (ELSEWHERE, frozenset()),
    "schema in which the portal can create": (CREATES, frozenset()),
    "rule that acts with the owner's rights": (REWRITES, frozenset()),
    "trigger that is switched off": (SWITCHED_OFF, frozenset()),
    "constraint that is not enforced": (UNJUDGED, frozenset()),
}

ROLE_IN_USE = """
select rolsuper, rolbypassrls, rolcreaterole, rolreplication,
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
        is_super, bypasses, creates_roles, replicates, owned = cursor.fetchone()
    problems = {
        "The database role is a superuser.": is_super,
        "The database role bypasses row-level security.": bypasses,
        "The database role may create roles.": creates_roles,
        "The database role may replicate.": replicates,
        "The database role owns tables.": owned,
    }
    return [sentence for sentence, found in problems.items() if found]
