"""Mail: written in the transaction, sent in the reader's language, kept by the demo."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from backbone import relay
from backbone.mail import deliver
from backbone.models import DemoMail, OutboxMessage
from backbone.operations import send_mail_to
from backbone.sentences import in_every_language
from foundation.refs import ref_of
from tenants.isolation.context import enter_tenant

pytestmark = pytest.mark.django_db
MAILBOX = "backbone.mailbox.MailboxBackend"


@pytest.fixture
def write(actor):
    def write(user, key="a", title="%(job)s is done"):
        said = {"title": in_every_language(title, {"job": "<Import>"}), "reason": {}}
        with enter_tenant(actor.tenant_id):
            send_mail_to(
                actor=actor,
                now=timezone.now(),
                user=user,
                template="backbone/mail/job_finished",
                context={"path": "/o/haihe/jobs/1/", "said": said},
                key=key,
            )

    return write


def html_of(sent: Any) -> str:
    return sent.alternatives[0][0]


def test_text_and_html_reach_the_person_after_the_commit(write, owner):
    owner.user.language = "en"
    owner.user.save()
    write(owner.user)
    assert outgoing.outbox == []
    relay.deliver_due()
    sent = outgoing.outbox[0]
    assert sent.to == [owner.user.email]
    assert sent.subject == "<Import> is done", "a subject is plain text"
    assert "/o/haihe/jobs/1/" in sent.body
    html = html_of(sent)
    assert "&lt;Import&gt;" in html
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("language", "lang"), [("en", "en"), ("zh-hans", "zh-Hans"), ("", "zh-Hans")]
)
def test_in_the_readers_language(write, owner, language, lang):
    owner.user.language = language
    owner.user.save()
    write(owner.user)
    relay.deliver_due()
    assert f'<html lang="{lang}">' in html_of(outgoing.outbox[0])


def test_sent_once_for_one_key(write, owner):
    write(owner.user)
    write(owner.user)
    relay.deliver_due()
    relay.deliver_due()
    assert len(outgoing.outbox) == 1


def test_tried_twice_it_has_the_same_message_id(write, owner):
    write(owner.user)
    with enter_tenant(owner.tenant_id):
        message = OutboxMessage.objects.get()
        deliver(message)
        deliver(message)
    first, second = (m.extra_headers["Message-ID"] for m in outgoing.outbox)
    assert first == second
    assert first.startswith(f"<{ref_of(message.pk, 'mail')}@"), "and none that names a row"


def test_who_has_left_or_has_no_address_gets_none(write, owner, make):
    owner.user.is_active = False
    owner.user.save()
    write(owner.user)
    write(make.person(email=""), key="b")
    relay.deliver_due()
    assert outgoing.outbox == []
    with enter_tenant(owner.tenant_id):
        assert not OutboxMessage.objects.filter(done_at=None).exists()


# -- the demo's mailbox ----------------------------------------------------------------------


def test_the_demo_keeps_each_mail_once(write, owner, settings):
    settings.EMAIL_BACKEND = MAILBOX
    write(owner.user)
    with enter_tenant(owner.tenant_id):
        message = OutboxMessage.objects.get()
        deliver(message)
        deliver(message)
    kept = DemoMail.objects.get()
    assert kept.recipients == [owner.user.email]
    assert "<p>" in kept.html


def keep(to, subject="Hello", body="Words", html=""):
    message = EmailMultiAlternatives(subject, body, "portal@park.example", [to])
    if html:
        message.attach_alternative(html, "text/html")
    outgoing.get_connection(MAILBOX).send_messages([message])
    return DemoMail.objects.latest("pk")


def test_the_mailbox_is_read_without_signing_in(client):
    kept = keep("Li@example.test", subject="给李雷")
    page = client.get("/mailbox/")
    assert "给李雷" in page.content.decode()
    assert "Words" in client.get(f"/mailbox/{kept.pk}/").content.decode()
    assert client.get(f"/mailbox/{kept.pk + 1}/").status_code == 404


@pytest.mark.parametrize(
    ("words", "found"), [("li@EXAMPLE", 1), ("给李", 1), ("wang", 0), ("%", 0)]
)
def test_found_by_address_or_subject(client, words, found):
    keep("Li@example.test", subject="给李雷")
    assert len(client.get("/mailbox/", {"q": words}).context["page"].rows) == found


def test_the_html_of_a_mail_stays_in_its_box(client):
    kept = keep("li@example.test", html='<script>alert("x")</script><p>Words</p>')
    page = client.get(f"/mailbox/{kept.pk}/").content.decode()
    assert 'sandbox=""' in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_production_has_no_mailbox(client, settings):
    kept = keep("li@example.test")
    settings.PORTAL_MODE = "production"
    assert client.get("/mailbox/").status_code == 404
    assert client.get(f"/mailbox/{kept.pk}/").status_code == 404
    with pytest.raises(ImproperlyConfigured):
        outgoing.get_connection(MAILBOX)
