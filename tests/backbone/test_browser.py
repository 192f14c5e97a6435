"""A progress bar that moves by itself, and a mail that stays in its box, in a real browser."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from backbone.mailbox import MailboxBackend
from backbone.models import Job
from backbone.operations.jobs import claim_job, succeed_job
from tenants.isolation.context import enter_tenant

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    # In CI a missing Chromium fails.
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("CI"), reason="no Chromium on this machine"
    ),
]


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(locale="en-GB")
        yield page
        browser.close()


@pytest.fixture
def complaints(page):
    """What the browser's console says against the page."""
    found = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def signed_in(page, live_server, client):
    name = django_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])


def test_the_bar_moves_and_the_asking_ends(
    page, complaints, live_server, sign_in, owner, start, now
):
    job = start()
    with enter_tenant(job.tenant_id):
        claim_job(actor=job.actor, now=now, job_id=job.pk)
    signed_in(page, live_server, sign_in(owner))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + reverse("backbone:job", kwargs={"tenant": "haihe", "pk": job.pk}))
    with enter_tenant(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(done=30, total=100)
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "30")
    with enter_tenant(job.tenant_id):
        succeed_job(actor=job.actor, now=now, job=job, result={})
    expect(bar).to_have_count(0)
    count = len(asked)
    page.wait_for_timeout(3500)
    assert len(asked) == count, "nothing is asked for once the job is finished"
    assert all(url.startswith(live_server.url) for url in asked)
    assert complaints == []


def test_cancelling_from_the_page(page, live_server, sign_in, owner, start, reload):
    job = start()
    signed_in(page, live_server, sign_in(owner))
    page.goto(live_server.url + reverse("backbone:job", kwargs={"tenant": "haihe", "pk": job.pk}))
    page.locator("form[action$='cancellation/'] button").click()
    expect(page.locator("form[action$='resumption/']")).to_be_visible()
    assert reload(job).state == "cancelled"


def test_a_mails_script_does_not_run(page, live_server):
    from django.core.mail import EmailMultiAlternatives

    mail = EmailMultiAlternatives("Hello", "Words", "a@example.test", ["b@example.test"])
    html = "<p>In its box</p><script>parent.document.title = 'taken'</script>"
    mail.attach_alternative(html, "text/html")
    MailboxBackend().send_messages([mail])
    page.goto(f"{live_server.url}/mailbox/")
    page.get_by_role("link", name="Hello").click()
    expect(page.frame_locator("iframe").get_by_text("In its box")).to_be_visible()
    assert "taken" not in page.title()
