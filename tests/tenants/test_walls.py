"""The database alone keeps organisations apart, and the catalogue proves it."""

import pytest
from django.core.management import call_command
from django.db import (
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.models import DO_NOTHING, ForeignKey

from tenants.isolation import catalogue, sql
from tenants.isolation.context import APP, Identity, enter_tenant
from tenants.models import Membership, Tenant
from tests import databases, servers


def as_owner(statement: str) -> None:
    """Change the schema as the owner would, behind the migrations' back."""
    owner = databases.connect_owner(connection.settings_dict["NAME"])
    with owner.cursor() as cursor:
        cursor.execute(statement)
    owner.close()


def test_the_wall_stands(db):
    assert catalogue.findings(connection) == []


def test_the_command_says_so(db, capsys):
    call_command("check_isolation")
    assert "no finding" in capsys.readouterr().out


HOLES = {
    "tenant table without its wall": (
        "alter table tenants_membership no force row level security",
        "alter table tenants_membership force row level security",
    ),
    "policy that is not one comparison with the setting": (
        "create policy wide on tenants_membership to portal_app using (true)",
        "drop policy wide on tenants_membership",
    ),
    "policy for everybody": (
        "create policy everybody on tenants_membership using (false)",
        "drop policy everybody on tenants_membership",
    ),
    "table without tenant_id, not on the reviewed list": (
        "create table stray (id int)",
        "drop table stray",
    ),
    "view that runs with its owner's eyes": (
        "create view spy as select * from tenants_membership",
        "drop view spy",
    ),
    "function that runs with its owner's rights": (
        "create function spy() returns int language sql security definer as 'select 1'",
        "drop function spy()",
    ),
    "foreign key between tenant tables without tenant_id": (
        (
            "create table loose (id int, tenant_id bigint, "
            "member bigint references tenants_membership (id))"
        ),
        "drop table loose",
    ),
    "unique key without tenant_id": (
        "create unique index oracle on tenants_membership (started_at)",
        "drop index oracle",
    ),
    "right that the portal must not have": (
        "grant truncate on tenants_membership to portal_staff",
        "revoke truncate on tenants_membership from portal_staff",
    ),
    "trail that can be altered": (
        "grant update on tenants_trailentry to portal_staff",
        "revoke update on tenants_trailentry from portal_staff",
    ),
    "sequence that the portal can use": (
        "grant usage on sequence tenants_membership_id_seq to portal_app",
        "revoke usage on sequence tenants_membership_id_seq from portal_app",
    ),
    "right for everybody": (
        "grant update (roles) on tenants_membership to public",
        "revoke update (roles) on tenants_membership from public",
    ),
    "right before sign-in, not on the reviewed list": (
        "grant select (payload) on backbone_job to portal_public",
        "revoke select (payload) on backbone_job from portal_public",
    ),
    "policy before sign-in that is not about the person": (
        "create policy everyone on tenants_membership to portal_public using (true)",
        "drop policy everyone on tenants_membership",
    ),
    "table outside the schema public": (
        (
            "create schema aside; create table aside.copy (id int); "
            "grant select on aside.copy to portal_app"
        ),
        "drop schema aside cascade",
    ),
    "schema in which the portal can create": (
        "create schema aside; grant create on schema aside to portal_app",
        "drop schema aside",
    ),
    "rule that acts with the owner's rights": (
        "create rule double as on update to tenants_membership do also select 1",
        "drop rule double on tenants_membership",
    ),
    "trigger that is switched off": (
        "alter table tenants_membership disable trigger trail",
        "alter table tenants_membership enable trigger trail",
    ),
    "constraint that is not enforced": (
        "alter table tenants_membership add constraint later check (id > 0) not valid",
        "alter table tenants_membership drop constraint later",
    ),
    "column that the trail keeps silent about": (
        sql.leave_unsaid("tenants_membership", ["roles"]),
        f"{sql.drop_trail_trigger('tenants_membership')}; "
        + sql.trail_trigger("tenants_membership"),
    ),
    "tenant table without a trail": (
        sql.drop_trail_trigger("tenants_membership"),
        sql.trail_trigger("tenants_membership"),
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", HOLES)
def test_each_hole_is_found(rule):
    make_hole, mend = HOLES[rule]
    as_owner(make_hole)
    try:
        assert rule in {finding.rule for finding in catalogue.findings(connection)}
        with pytest.raises(SystemExit) as stopped:
            call_command("check_isolation")
        assert stopped.value.code == 1
    finally:
        as_owner(mend)
    assert catalogue.findings(connection) == []


OPEN_ROLES = [
    "grant pg_read_all_data to portal_app with inherit false",
    "grant portal_owner to portal_staff",
    "grant portal_staff to portal_app with inherit true",
    "alter role portal_public bypassrls",
    "alter role portal_staff replication",
]


@pytest.mark.skipif(not servers.EMBEDDED, reason="takes a superuser, who stays outside the suite")
@pytest.mark.parametrize("opened", OPEN_ROLES)
def test_each_role_too_many_is_found(db, opened):
    """Roles are the whole server's, so this is never committed: other workers would see it."""
    rule = "role that is more than one of three to switch to"
    name = connection.settings_dict["NAME"]
    with servers.connect_superuser(name) as superuser, superuser.cursor() as cursor:
        cursor.execute("begin")
        assert rule not in {finding.rule for finding in catalogue.findings(superuser)}
        cursor.execute(opened)
        assert rule in {finding.rule for finding in catalogue.findings(superuser)}
        cursor.execute("rollback")


def test_a_row_of_a_neighbour_cannot_be_written(owner, neighbour):
    with enter_tenant(owner.tenant_id):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Membership.objects.create(tenant=neighbour, user=owner.user, roles=["owner"])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Membership.objects.filter(pk=owner.pk).update(tenant=neighbour)
    with enter_tenant(neighbour.pk):
        assert Membership.objects.filter(pk=owner.pk).update(roles=["member"]) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update tenants_trailentry set reason = 'nothing happened'",
        "delete from tenants_trailentry",
        "truncate tenants_trailentry",
        "delete from tenants_membership",
        "insert into tenants_tenant (slug, kind, name) values ('x', 'enterprise', 'x')",
        "update tenants_tenant set kind = 'operator'",
        "alter table tenants_membership disable row level security",
        "set role portal_owner",
    ],
)
def test_the_application_role_may_not(owner, statement):
    with (
        enter_tenant(owner.tenant_id),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_key_to_a_neighbours_row_is_refused(make, owner, neighbour):
    """Built as the schema editor builds it; control: a plain key accepts the neighbour's row."""
    stranger = make.member(neighbour)
    key = "references tenants_membership"
    as_owner(sql.tenant_key("tenants_membership"))
    as_owner(f"create table plain (tenant_id bigint, member_id bigint {key} (id))")
    as_owner(
        "create table tight (tenant_id bigint, member_id bigint, "
        f"foreign key (tenant_id, member_id) {key} (tenant_id, id))"
    )
    as_owner("grant insert on plain, tight to portal_app")
    insert = "insert into {} (tenant_id, member_id) values (%s, %s)"
    try:
        with enter_tenant(owner.tenant_id), connection.cursor() as cursor:
            cursor.execute(insert.format("plain"), [owner.tenant_id, stranger.pk])
            cursor.execute(insert.format("tight"), [owner.tenant_id, owner.pk])
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(insert.format("tight"), [owner.tenant_id, stranger.pk])
    finally:
        connection.close()
        as_owner("drop table plain, tight")


def test_before_sign_in_only_names_of_organisations_are_public(owner, neighbour):
    from tenants.isolation.context import as_public

    with as_public(user_id=owner.user_id):
        assert Tenant.objects.filter(slug="jinmen").values_list("name", flat=True).get()
        assert [m.pk for m in Membership.objects.all()] == [owner.pk]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Tenant.objects.values_list("registration_number", flat=True).get(slug="jinmen")


def test_identity_defaults_to_seeing_nothing():
    assert Identity() == Identity(role=APP, tenant_id=None, user_id=None, request_id="")


def test_a_table_cannot_be_given_to_tenants_later(db):
    """It would have neither wall nor trail: migrations that come in that order are refused."""
    late = ForeignKey(Tenant, DO_NOTHING)
    late.set_attributes_from_name("tenant")
    with (
        connection.schema_editor(collect_sql=True, atomic=False) as editor,
        pytest.raises(NotSupportedError, match="tenants_tenant"),
    ):
        editor.add_field(Tenant, late)
