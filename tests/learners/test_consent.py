"""Consent: by the learner's own link, declared by the university, taken back; what each leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from backbone import relay
from backbone.models import OutboxMessage, RetentionRule
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted, WrongState
from learners import links, operations
from learners.consent_text import CURRENT, VERSIONS, text_of
from learners.models import Consent, Learner
from learners.registries import CONTACTS
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import TrailEntry
from tests.learners.conftest import NOW, WANG
from tests.logbook import logbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(record):
    return record()


@pytest.fixture
def path(own, university):
    return links.path_of(own, university.slug)


@pytest.fixture
def visitor():
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def consents(university):
    with enter_tenant(university.pk):
        return list(Consent.objects.order_by("pk"))


def agree(visitor, path, version=CURRENT):
    return visitor.post(path, {"version": version})


# -- the learner's own page --------------------------------------------------------------------


def test_the_page_shows_what_is_kept_by_whom_what_for_and_how_long(visitor, path, park, university):
    with enter(Identity(STAFF, park.pk)):
        RetentionRule.objects.create(
            tenant=park, data=CONTACTS, days=77, starts_on=NOW.date() - timedelta(days=9), source="Decision"
        )  # fmt: skip
    shown = visitor.get(path).content.decode()
    with translation.override("en"):
        told = text_of(CURRENT, university=university.display_name)
        who = [university.display_name, park.display_name]
    kept = [WANG["number"], WANG["name"], WANG["programme"], "138 **** 0001", "77 days"]
    for words in [*kept, *who, *map(escape, told)]:
        assert words in shown
    assert len(told) == len(VERSIONS[CURRENT])
    assert WANG["mobile"] not in shown
    assert WANG["email"] not in shown


def test_looking_at_it_changes_nothing(visitor, path, university):
    with enter_tenant(university.pk):
        before = TrailEntry.objects.count()
    visitor.get(path)
    with enter_tenant(university.pk):
        assert TrailEntry.objects.count() == before
    assert consents(university) == []


def test_the_learner_agrees_and_takes_it_back_and_agrees_again(visitor, path, university):
    assert agree(visitor, path).status_code == 302
    (first,) = consents(university)
    assert (first.way, first.version, first.declared_by_id) == ("own", CURRENT, None)
    back = reverse("learner_withdrawal", kwargs={"token": path.split("/")[2]})
    assert "Take my consent back" in visitor.get(path).content.decode()
    assert visitor.post(back).status_code == 302
    (first,) = consents(university)
    assert first.withdrawn_at is not None
    assert first.withdrawal_recorded_by_id is None
    assert agree(visitor, path).status_code == 302
    assert [each.withdrawn_at is None for each in consents(university)] == [False, True]


def test_agreeing_twice_is_refused_with_a_sentence(visitor, path, university):
    agree(visitor, path)
    answer = agree(visitor, path)
    assert answer.status_code == 409
    assert "recorded already" in answer.content.decode()
    assert len(consents(university)) == 1


@pytest.mark.parametrize("version", ["", "2019-01"])
def test_who_read_another_text_agrees_to_nothing(visitor, path, university, version):
    answer = agree(visitor, path, version)
    assert answer.status_code == 409
    assert "Read it again" in answer.content.decode()
    assert consents(university) == []


def test_there_is_nothing_to_take_back_without_consent(visitor, path, university):
    back = path + "withdrawal/"
    assert visitor.post(back).status_code == 409
    assert consents(university) == []


def test_who_has_left_is_asked_for_nothing_and_can_take_it_back(
    visitor, path, own, actor, university
):
    agree(visitor, path)
    operations.release_learner(actor=actor, now=NOW, learner=own)
    assert visitor.post(path + "withdrawal/").status_code == 302
    assert agree(visitor, path).status_code == 409
    assert "nothing is asked" in visitor.get(path).content.decode()
    assert [each.withdrawn_at is not None for each in consents(university)] == [True]


def test_links_that_are_not_ours_or_were_replaced_open_nothing(
    visitor, path, own, actor, university, make, settings
):
    settings.ACCOUNT_RATE_LIMITS = {}
    other = make.tenant(kind="university", slug="other-university")
    signer = Signer(salt=links.SALT)
    tokens = [
        path.split("/")[2][:-3] + "abc",
        "no-token",
        Signer(salt="elsewhere").sign_object([university.slug, own.link_nonce]),
        signer.sign_object([other.slug, own.link_nonce]),
        signer.sign_object(["no-such-university", own.link_nonce]),
        signer.sign_object([university.slug, "0" * 32]),
    ]
    operations.renew_link(actor=actor, now=NOW, learner=own)
    for opened in [path, *(f"/learning/{token}/" for token in tokens)]:
        with logbook() as book:
            answer = visitor.get(opened)
        assert answer.status_code == 404, opened
        assert WANG["name"] not in answer.content.decode()
        assert [entry["kind"] for entry in book.events("link_refused")] == ["learner"]
        assert agree(visitor, opened).status_code == 404
    assert consents(university) == []
    own.refresh_from_db()
    assert visitor.get(links.path_of(own, university.slug)).status_code == 200


def test_an_erased_learners_link_opens_nothing(visitor, path, own, actor):
    operations.release_learner(actor=actor, now=NOW, learner=own)
    operations.erase_learner(actor=actor, now=NOW, learner=own)
    assert visitor.get(path).status_code == 404


def test_guesses_at_a_link_are_counted(visitor, path, settings):
    settings.ACCOUNT_RATE_LIMITS = {"learner_link_failed": "2/10m/key"}
    stem = path.split("/")[2].rpartition(":")[0]
    got = [visitor.get(f"/learning/{stem}:guess{n}/").status_code for n in range(3)]
    assert got == [404, 404, 429]


def test_the_token_does_not_stand_in_the_log(visitor, path):
    from park_portal.logs import without_secret_links

    token = path.split("/")[2]
    assert token not in without_secret_links(None, "", f'{{"path": "{path}"}}')


# -- declared by the university ----------------------------------------------------------------


def test_a_declared_consent_names_who_declared_it(actor, own, keeper):
    given = operations.declare_consent(actor=actor, now=NOW, learner=own)
    assert (given.way, given.declared_by_id, given.version) == ("declared", keeper.user_id, CURRENT)


def test_nobody_declares_what_the_learner_took_back(actor, own):
    person = Actor(user_id=None, tenant_id=actor.tenant_id)
    operations.give_consent(actor=person, now=NOW, learner=own, version=CURRENT)
    operations.withdraw_consent(actor=person, now=NOW, learner=own, own_wish=True)
    with pytest.raises(DomainError) as refused:
        operations.declare_consent(actor=actor, now=NOW, learner=own)
    assert refused.value.code == "withdrawn"
    assert not Consent.objects.in_force().exists()


def test_a_second_declaration_is_refused(actor, own):
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    with transaction.atomic(), pytest.raises(DomainError) as refused:
        operations.declare_consent(actor=actor, now=NOW, learner=own)
    assert refused.value.code == "learner_consent_once"


def test_the_university_records_a_withdrawal_with_its_name(actor, own, keeper):
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    operations.withdraw_consent(actor=actor, now=NOW, learner=own, own_wish=False)
    assert Consent.objects.get().withdrawal_recorded_by_id == keeper.user_id


def test_a_member_records_no_withdrawal(actor, own, member):
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    with pytest.raises(NotPermitted):
        operations.withdraw_consent(actor=member.actor(), now=NOW, learner=own, own_wish=False)
    assert Consent.objects.in_force().exists()


# -- the mail ----------------------------------------------------------------------------------


def test_the_mail_goes_once_and_its_link_opens_the_page(actor, own, mailoutbox, visitor):
    operations.send_link(actor=actor, now=NOW, learner=own)
    relay.deliver_due()
    relay.deliver_due()
    (mail,) = mailoutbox
    assert mail.to == [WANG["email"]]
    found = re.search(r"/learning/\S+/", mail.body)
    assert found is not None
    assert visitor.get(found.group()).status_code == 200
    token = found.group().split("/")[2]
    with enter_tenant(actor.tenant_id):
        assert token not in str(list(OutboxMessage.objects.values()))


def test_a_mail_whose_link_was_replaced_is_not_sent(actor, own, mailoutbox):
    operations.send_link(actor=actor, now=NOW, learner=own)
    operations.renew_link(actor=actor, now=NOW, learner=own)
    relay.deliver_due()
    assert mailoutbox == []


def test_it_is_not_sent_twice_at_once_nor_without_an_address(actor, own, record):
    operations.send_link(actor=actor, now=NOW, learner=own)
    nobody = record(number="2", email="")
    for learner in (own, nobody):
        with pytest.raises(WrongState):
            operations.send_link(actor=actor, now=NOW + timedelta(minutes=1), learner=learner)
    assert OutboxMessage.objects.count() == 1
    later = NOW + operations.consents.PAUSE
    operations.send_link(actor=actor, now=later, learner=own)
    assert OutboxMessage.objects.count() == 2
    assert Learner.objects.get(pk=nobody.pk).asked_at is None
