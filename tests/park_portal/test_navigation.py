"""Who sees which line of the sidebar, and which one is current."""

import pytest
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from park_portal import navigation
from tenants.kinds import Role, TenantKind
from tenants.models import Tenant


@pytest.fixture
def entries(monkeypatch):
    """Views that exist whatever apps are installed; the tenant's home stands in for them."""
    monkeypatch.setattr(
        navigation,
        "ENTRIES",
        [
            navigation.Entry(_("Home"), "home", "portal"),
            navigation.Entry("Orders", "box", "portal", kinds=navigation.TRADERS),
            navigation.Entry(
                "Imports", "box", "portal", navigation.KEEPERS_OF_ORDERS, navigation.TRADERS
            ),
            navigation.Entry("Nowhere", "box", "no-such-app:list"),
        ],
    )


def labels(kind, *roles):
    tenant = Tenant(slug="haihe", kind=kind)
    actor = Actor(user_id=1, tenant_id=1, roles=frozenset(roles))
    return [str(link.label) for link in navigation.links_for(actor, tenant, "/o/haihe/")][1:]


@pytest.mark.parametrize(
    ("kind", "role", "seen"),
    [
        (TenantKind.ENTERPRISE, Role.OWNER, ["Orders", "Imports"]),
        (TenantKind.ENTERPRISE, Role.OPERATIONS, ["Orders", "Imports"]),
        (TenantKind.ENTERPRISE, Role.MEMBER, ["Orders"]),
        (TenantKind.UNIVERSITY, Role.OWNER, []),
        (TenantKind.AUTHORITY, Role.MEMBER, []),
    ],
)
def test_lines_follow_role_and_kind(entries, kind, role, seen):
    assert labels(kind, role) == seen


def test_without_a_role_nothing_is_shown(entries):
    assert labels(TenantKind.ENTERPRISE) == []


def test_the_longest_address_that_the_path_starts_with_is_current():
    addresses = ["/o/a/", "/o/a/orders/", "/o/a/orders/imports/"]
    assert navigation._longest_start_of("/o/a/orders/7/", addresses) == "/o/a/orders/"
    assert navigation._longest_start_of("/o/a/", addresses) == "/o/a/"
    assert navigation._longest_start_of("/elsewhere/", addresses) == ""


def test_the_current_line_is_marked_on_the_page(owner, sign_in):
    page = sign_in(owner).get("/o/haihe/").content.decode()
    assert page.count('aria-current="page"') == 1


def test_staff_see_the_models_they_may_read(staff, sign_in):
    page = sign_in(staff).get("/staff/").content.decode()
    assert "/staff/tenants/tenant/" in page
    assert 'href="/o/park/"' in page
