"""The import wizard as somebody without scripts walks through it: what its tests share."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backbone.models import Job
from backbone.runner import perform
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import lines

IMPORTS = "/o/haihe/orders/imports/"
GOOD = lines(
    "1,A,Vase,2,2011-01-04 10:00:00,2.50,,EIRE", "C2,B,Pot,-1,2011-01-05 10:00:00,3,,France"
)
BAD = lines(
    "1,A,Vase,2,2011-01-04 10:00:00,2.50,,EIRE",
    "2,A,Vase,two,2011-01-04 10:00:00,2.50,,EIRE",
    "3,A,Vase,four,2011-01-04 10:00:00,2.50,,EIRE",
    "4,A,Vase,1,2011-01-04 10:00:00,0,,Atlantis",
    "5,A,Vase,1,2011-01-04 10:00:00,1,,Atlantis",
)


def upload(browser, content=GOOD, name="orders.csv"):
    file = SimpleUploadedFile(name, content)
    return browser.post(IMPORTS + "new/", {"file": file}, follow=True)


def page_of(response):
    return response.request["PATH_INFO"]


def text_of(response):
    return response.content.decode()


def adopt(browser, uploaded, name="online-retail"):
    return browser.post(page_of(uploaded), {"name": name}, follow=True)


def run_jobs(tenant):
    with enter_tenant(tenant.pk):
        waiting = list(Job.objects.filter(state="queued").values_list("pk", flat=True))
    for pk in waiting:
        perform(tenant_id=tenant.pk, job_id=pk)


def step_of(name, pk, tenant="haihe"):
    return reverse(f"trade:{name}", kwargs={"tenant": tenant, "import_id": pk})


def countries_of(mapping_pk):
    return reverse("trade:countries", kwargs={"tenant": "haihe", "mapping_id": mapping_pk})
