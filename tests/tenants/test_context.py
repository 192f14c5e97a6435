"""The database's idea of who asks: set, nested, restored, and gone after an error."""

import pytest
from django.db import connection, transaction

from tenants.isolation.context import (
    APP,
    STAFF,
    Identity,
    across_tenants,
    become,
    current_identity,
    enter,
    enter_tenant,
    request_transaction,
)
from tenants.models import Membership, Tenant, TrailEntry


def settings_now() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.tenant', true), ''), current_user")
        return cursor.fetchone()


def test_nothing_set_means_no_rows(owner):
    assert not Tenant.objects.exists()
    assert not Membership.objects.exists()


def test_a_tenant_sees_itself_only(owner, neighbour):
    with enter_tenant(owner.tenant_id):
        assert list(Tenant.objects.all()) == [owner.tenant]
        assert list(Membership.objects.all()) == [owner]
    with enter_tenant(neighbour.pk):
        assert not Membership.objects.exists()


def test_nested_blocks_restore_the_outer_identity(enterprise, neighbour):
    with enter_tenant(enterprise.pk):
        with enter_tenant(neighbour.pk):
            assert settings_now() == (str(neighbour.pk), APP)
        assert settings_now() == (str(enterprise.pk), APP)
        assert current_identity().tenant_id == enterprise.pk
    assert settings_now() == ("", APP)


def test_an_error_inside_restores_the_outer_identity(enterprise, neighbour):
    with enter_tenant(enterprise.pk):
        with pytest.raises(ZeroDivisionError), enter_tenant(neighbour.pk):
            raise ZeroDivisionError
        assert settings_now() == (str(enterprise.pk), APP)
        assert current_identity().tenant_id == enterprise.pk


def test_crossing_sees_everybody_and_leaves_a_trail(enterprise, neighbour):
    with enter_tenant(enterprise.pk, user_id=7):
        with across_tenants("count seats"):
            assert set(Tenant.objects.all()) == {enterprise, neighbour}
        assert list(Tenant.objects.all()) == [enterprise]
        entry = TrailEntry.objects.get(action=TrailEntry.Action.CROSSING)
    assert (entry.reason, entry.user_id, entry.tenant_id) == ("count seats", 7, enterprise.pk)


def test_crossing_without_a_tenant_is_refused(db):
    with pytest.raises(RuntimeError), across_tenants("whose?"):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_committed_transaction_carries_nothing_over(enterprise):
    with enter(Identity(STAFF, enterprise.pk)):
        assert settings_now() == (str(enterprise.pk), STAFF)
    assert settings_now() == ("", APP)


@pytest.mark.django_db(transaction=True)
def test_a_request_transaction_carries_nothing_over(enterprise):
    with request_transaction():
        become(Identity(APP, enterprise.pk))
        assert Tenant.objects.count() == 1
    assert settings_now() == ("", APP)
    assert not Tenant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_control_a_session_setting_would_be_carried_over(enterprise):
    """Without is_local the tenant outlives the commit: the reason for SET LOCAL."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', %s, false)", [str(enterprise.pk)])
    assert Tenant.objects.count() == 1
    connection.close()
