"""Sessions end when they should: all of them, the others, or by themselves."""

from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone import housekeeping
from foundation.errors import InvalidInput, NotPermitted
from tenants import operations, sessions
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import TrailEntry, User
from tests.makers import PASSWORD
from tests.tenants.people import (
    age,
    browser_of,
    code_of,
    confirm,
    is_signed_in,
    secret_of_new_totp,
)

pytestmark = pytest.mark.usefixtures("quick_passwords")

NOW = timezone.now()
NEW_PASSWORD = "another horse, another battery"
HOUR = 3600


@pytest.fixture
def as_staff(staff):
    """The actor of a member of the park's staff, with the staff site's view of the database."""
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        yield staff.actor(is_staff=True)


# -- at the sign-in --------------------------------------------------------------------------


def test_signing_in_gives_the_session_a_new_key(make):
    browser, person = Client(), make.person()
    browser.get(reverse("account_login"))
    session = browser.session
    session["planted"] = "by somebody who knows this key"
    session.save()
    planted = str(session.session_key)
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    browser.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert browser.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


# -- password --------------------------------------------------------------------------------


def change_password(browser):
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return browser.post(reverse("account_change_password"), form)


def test_a_new_password_ends_every_session_the_own_one_too(make, sign_in):
    member = make.member(make.tenant())
    here, elsewhere = sign_in(member), sign_in(member)
    assert change_password(here).status_code == 302
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(here)


def test_where_the_setting_says_so_the_own_session_goes_on(make, sign_in, settings):
    settings.ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
    member = make.member(make.tenant())
    here, elsewhere = sign_in(member), sign_in(member)
    assert change_password(here).status_code == 302
    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)


def test_a_password_set_by_the_reset_mail_ends_every_session(make, sign_in, mailoutbox):
    member = make.member(make.tenant())
    signed_in, forgetful = sign_in(member), Client()
    forgetful.post(reverse("account_reset_password"), {"email": member.user.email})
    (link,) = [word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word]
    form = forgetful.get(link.partition("testserver")[2])["Location"]
    forgetful.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert not is_signed_in(signed_in)


def test_control_without_the_password_in_the_hash_sessions_would_go_on(make, sign_in, monkeypatch):
    monkeypatch.setattr(User, "_session_hash", lambda self, secret: "the same for ever")
    member = make.member(make.tenant())
    here, elsewhere = sign_in(member), sign_in(member)
    change_password(here)
    assert is_signed_in(elsewhere)


# -- second factors --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_each_change_of_second_factors_ends_the_other_sessions(make):
    person = make.person()
    here = browser_of(person)
    confirm(here)

    elsewhere = browser_of(person)
    here.get(reverse("mfa_activate_totp"))
    code = code_of(here.session["mfa.totp.secret"])
    assert here.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)

    elsewhere = Client()
    elsewhere.force_login(User.objects.get(pk=person.pk))
    assert is_signed_in(elsewhere)
    assert here.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)

    elsewhere.force_login(User.objects.get(pk=person.pk))
    assert here.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_control_without_our_ear_to_the_library_the_other_session_goes_on(make, monkeypatch):
    monkeypatch.setattr(sessions, "end_others_of", lambda request, user: None)
    person = make.person()
    secret_of_new_totp(person)
    here, elsewhere = Client(), Client()
    here.force_login(person)
    elsewhere.force_login(person)
    confirm(here)
    assert here.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert is_signed_in(elsewhere)


def test_a_code_of_the_app_works_once(make):
    person = make.person()
    code = code_of(secret_of_new_totp(person))
    assert second_step(person, code) == (True, False)


def test_a_recovery_code_works_once(make):
    person = make.person()
    secret_of_new_totp(person)
    code, other, *_rest = RecoveryCodes.activate(person).get_unused_codes()
    assert second_step(person, code) == (True, False)
    assert second_step(person, other) == (True, False)


def second_step(person, code):
    """Whether the code opened the door the first and the second time."""
    opened = []
    for _time in range(2):
        browser = browser_of(person)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        opened.append(is_signed_in(browser))
    return tuple(opened)


# -- roles, leaving, accounts ----------------------------------------------------------------


def test_new_roles_end_the_sessions_and_the_same_roles_do_not(make, owner, sign_in):
    colleague = make.member(owner.tenant, "member")
    browser = sign_in(colleague)
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        change = {"actor": owner.actor(), "now": NOW, "membership": colleague}
        operations.change_roles(**change, roles=["member"])
        assert is_signed_in(browser)
        operations.change_roles(**change, roles=["finance"])
    assert not is_signed_in(browser)


def test_leaving_ends_the_sessions(make, owner, sign_in):
    colleague = make.member(owner.tenant, "member")
    browser, colleagues = sign_in(colleague), sign_in(owner)
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        operations.end_membership(actor=owner.actor(), now=NOW, membership=colleague)
    assert not is_signed_in(browser)
    assert is_signed_in(colleagues)


def test_a_refused_change_ends_no_session(make, owner, sign_in):
    browser = sign_in(owner)
    with enter_tenant(owner.tenant_id), pytest.raises(InvalidInput):
        operations.end_membership(actor=owner.actor(), now=NOW, membership=owner)
    assert is_signed_in(browser)


def test_control_without_the_counter_a_leaver_stays_signed_in(make, owner, sign_in, monkeypatch):
    monkeypatch.setattr(sessions, "end_all_of", lambda *user_ids: None)
    colleague = make.member(owner.tenant, "member")
    browser = sign_in(colleague)
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        operations.end_membership(actor=owner.actor(), now=NOW, membership=colleague)
    assert is_signed_in(browser)


def test_a_closed_account_is_out_and_opened_again_its_old_sessions_stay_ended(
    as_staff, make, owner, sign_in
):
    browser = sign_in(owner)
    operations.deactivate_person(actor=as_staff, now=NOW, person=owner.user)
    assert not is_signed_in(browser)
    owner.user.refresh_from_db()
    assert not is_signed_in(sign_in(owner))
    operations.reactivate_person(actor=as_staff, now=NOW, person=owner.user)
    owner.user.refresh_from_db()
    assert is_signed_in(sign_in(owner))
    assert not is_signed_in(browser)


def test_the_trail_says_who_closed_an_account(as_staff, owner):
    operations.deactivate_person(actor=as_staff, now=NOW, person=owner.user)
    operations.deactivate_person(actor=as_staff, now=NOW, person=owner.user)
    entry = TrailEntry.objects.get(table="tenants_user")
    assert (entry.user_id, entry.row_id) == (as_staff.user_id, owner.user_id)
    assert entry.after == {"is_active": False}


def test_who_may_close_accounts(make, as_staff, staff, owner):
    def close(actor, person):
        operations.deactivate_person(actor=actor, now=NOW, person=person)

    manager = make.member(staff.tenant, "manager", is_staff=True)
    with pytest.raises(NotPermitted):
        close(owner.actor(), make.person())
    with pytest.raises(NotPermitted):
        close(manager.actor(is_staff=True), staff.user)
    with pytest.raises(InvalidInput) as refused:
        close(as_staff, staff.user)
    assert refused.value.code == "own_account"
    assert User.objects.filter(is_active=False).count() == 0


def test_staff_sign_people_out_everywhere(staff, owner, sign_in):
    browsers, site = [sign_in(owner), sign_in(owner)], sign_in(staff)
    action = {"action": "end_sessions", "_selected_action": [owner.user_id]}
    site.post(reverse("admin:tenants_user_changelist"), action)
    assert [is_signed_in(browser) for browser in browsers] == [False, False]
    assert is_signed_in(site)


def test_staff_close_and_open_accounts_on_their_site(staff, owner, sign_in):
    site = sign_in(staff)
    for action, active in (("deactivate", False), ("reactivate", True)):
        chosen = {"action": action, "_selected_action": [owner.user_id, staff.user_id]}
        answer = site.post(reverse("admin:tenants_user_changelist"), chosen, follow=True)
        owner.user.refresh_from_db()
        assert owner.user.is_active is active
        assert str(staff.user) in answer.content.decode()


@pytest.mark.parametrize("action", ["end_sessions", "deactivate"])
def test_weaker_staff_are_not_offered_it(make, park, owner, sign_in, action):
    site = sign_in(make.member(park, "member", is_staff=True))
    chosen = {"action": action, "_selected_action": [owner.user_id]}
    site.post(reverse("admin:tenants_user_changelist"), chosen)
    owner.user.refresh_from_db()
    assert owner.user.is_active
    assert owner.user.session_generation == 0


# -- by themselves ---------------------------------------------------------------------------


def test_a_session_of_staff_ends_when_nobody_touches_it(staff, sign_in):
    browser = sign_in(staff)
    assert is_signed_in(browser)
    age(browser, 11 * HOUR, sessions.SEEN, sessions.SIGNED_IN)
    assert is_signed_in(browser)
    age(browser, 13 * HOUR, sessions.SEEN)
    assert not is_signed_in(browser)


def test_everybody_elses_does_not(owner, sign_in):
    browser = sign_in(owner)
    assert is_signed_in(browser)
    age(browser, 13 * HOUR, sessions.SEEN, sessions.SIGNED_IN)
    assert is_signed_in(browser)


def test_two_weeks_after_the_sign_in_it_is_over_however_much_it_is_used(owner, sign_in):
    browser = sign_in(owner)
    assert is_signed_in(browser)
    age(browser, 13 * 24 * HOUR, sessions.SIGNED_IN)
    assert is_signed_in(browser)
    age(browser, 25 * HOUR, sessions.SIGNED_IN)
    assert not is_signed_in(browser)


def test_control_without_the_limits_an_old_session_goes_on(owner, sign_in, monkeypatch):
    monkeypatch.setattr(sessions, "is_over", lambda session, **limits: False)
    browser = sign_in(owner)
    assert is_signed_in(browser)
    age(browser, 15 * 24 * HOUR, sessions.SIGNED_IN)
    assert is_signed_in(browser)


def test_a_session_that_no_sign_in_began_is_over(owner, sign_in):
    browser = sign_in(owner)
    session = browser.session
    del session[sessions.SIGNED_IN]
    session.save()
    assert not is_signed_in(browser)


# -- the list --------------------------------------------------------------------------------


def test_everybody_sees_their_devices_and_nobody_elses(make):
    person, other = make.person(), make.person()
    here, _elsewhere, _strangers = browser_of(person), browser_of(person), browser_of(other)
    listed = here.get(reverse("usersessions_list")).context["sessions"]
    assert [session.user_id for session in listed] == [person.pk, person.pk]
    assert {session.session_key for session in listed} > {here.session.session_key}


def other_sessions(browser, person):
    return UserSession.objects.filter(user=person).exclude(session_key=browser.session.session_key)


def test_one_device_is_signed_out(make):
    person = make.person()
    here, phone, office = browser_of(person), browser_of(person), browser_of(person)
    lost = other_sessions(here, person).get(session_key=phone.session.session_key)
    answer = here.post(reverse("tenants:session_ending", kwargs={"pk": lost.pk}), follow=True)
    assert answer.status_code == 200
    signed_in = [is_signed_in(browser) for browser in (here, phone, office)]
    assert signed_in == [True, False, True]


def test_all_others_are_signed_out(make):
    person = make.person()
    here, phone, office = browser_of(person), browser_of(person), browser_of(person)
    here.post(reverse("usersessions_list"))
    signed_in = [is_signed_in(browser) for browser in (here, phone, office)]
    assert signed_in == [True, False, False]


def test_nobody_ends_a_strangers_session_or_their_own_this_way(make):
    person, stranger = make.person(), make.person()
    here, theirs = browser_of(person), browser_of(stranger)
    for session in UserSession.objects.all():
        path = reverse("tenants:session_ending", kwargs={"pk": session.pk})
        assert here.post(path).status_code == 404
        assert here.get(path).status_code == 405
    assert is_signed_in(here)
    assert is_signed_in(theirs)


def test_a_device_goes_by_a_name_that_people_know(make):
    browser = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140"})
    person = make.person()
    browser.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert "Edge · Windows" in browser.get(reverse("usersessions_list")).content.decode()


def test_what_is_over_is_forgotten(make):
    here = browser_of(make.person())
    over = browser_of(make.person()).session.session_key
    long_ago = NOW - timedelta(days=15)
    Session.objects.filter(session_key=over).update(expire_date=long_ago)
    UserSession.objects.filter(session_key=over).update(last_seen_at=long_ago)
    housekeeping.tidy()
    kept = [here.session.session_key]
    assert list(Session.objects.values_list("session_key", flat=True)) == kept
    assert list(UserSession.objects.values_list("session_key", flat=True)) == kept


# -- before what matters ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "form"),
    [
        ("mfa_activate_totp", {}),
        ("mfa_add_webauthn", {}),
        ("account_email", {"action_add": "", "email": "new@example.test"}),
    ],
)
def test_the_password_is_asked_for_again(make, view, form):
    person = make.person()
    browser = browser_of(person)
    door = reverse("account_reauthenticate")
    assert browser.post(reverse(view), form)["Location"].startswith(door)
    confirm(browser)
    assert not browser.post(reverse(view), form).headers.get("Location", "").startswith(door)
