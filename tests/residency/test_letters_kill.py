"""kill -9 between the commit and the mail: the letter still goes, and once."""

import os
import signal

import pytest
from django.utils import timezone

from backbone import relay
from backbone.models import OutboxMessage
from backbone.outbox import nudge_after_commit
from residency import letters as residency_letters
from residency.operations.applying import submit_application
from tenants.isolation.context import enter_tenant
from tests.backbone.processes import in_a_process
from tests.residency.conftest import PDF, paper_of, reload

pytestmark = pytest.mark.django_db(transaction=True)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def ready(begin, fill_in, client, paper):
    application = begin(language="en")
    fill_in(application)
    client.post(paper_of(application, paper), {"file": PDF()})
    relay.deliver_due()
    return application


def submit(application, applicant):
    with enter_tenant(applicant.tenant_id):
        submit_application(actor=applicant, now=timezone.now(), application=application)


def test_killed_after_the_commit_the_letter_goes_once(ready, applicant, mailoutbox, monkeypatch):
    mailoutbox.clear()

    def submit_and_die():
        submit(ready, applicant)
        die()

    assert in_a_process(submit_and_die) == -signal.SIGKILL
    assert reload(ready).state == "submitted"
    assert mailoutbox == [], "whoever was to send it is dead"
    for _time in range(3):
        relay.deliver_due()
    assert [mail.subject for mail in mailoutbox] == [
        f"Your application {ready.number} is submitted"
    ]


def test_killed_before_the_commit_there_is_neither(ready, applicant, mailoutbox):
    mailoutbox.clear()

    def die_inside():
        with enter_tenant(applicant.tenant_id):
            submit_application(actor=applicant, now=timezone.now(), application=ready)
            die()

    assert in_a_process(die_inside) == -signal.SIGKILL
    assert reload(ready).state == "applying"
    relay.deliver_due()
    assert mailoutbox == []


def test_without_the_outbox_the_letter_of_a_killed_process_is_lost(
    ready, applicant, mailoutbox, monkeypatch
):
    """The control: mailed after the commit by the process itself, it dies with it."""
    mailoutbox.clear()

    def submit_and_die():
        monkeypatch.setattr(residency_letters, "enqueue", lambda **_message: nudge_after_commit())
        submit(ready, applicant)
        die()

    assert in_a_process(submit_and_die) == -signal.SIGKILL
    assert reload(ready).state == "submitted"
    relay.deliver_due()
    assert mailoutbox == []
    with enter_tenant(ready.tenant_id):
        assert not OutboxMessage.objects.filter(done_at=None).exists()
