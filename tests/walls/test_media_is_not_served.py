"""Files lie on disk where no address leads: they are reached through views only."""

from __future__ import annotations

import io
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as portal
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone
from django.views.static import serve

from backbone.operations import store_document
from park_portal import urls
from park_portal.urls import handler403, handler404, handler500
from tenants.isolation.context import enter_tenant

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = b"for one organisation"

# The mistake: what a tutorial adds so that uploads can be seen.
urlpatterns = [
    *urls.urlpatterns,
    path("media/<path:path>", lambda request, path: serve(request, path, str(portal.MEDIA_ROOT))),
]


@pytest.fixture
def document(owner):
    with enter_tenant(owner.tenant_id):
        return store_document(
            actor=owner.actor(),
            now=timezone.now(),
            file=io.BytesIO(SECRET),
            name="secret.txt",
            purpose="test",
        )


@pytest.fixture(params=[False, True], ids=["production", "looking files up afresh"])
def handler(request, settings):
    """The portal as a server calls it; with the second, static files are sought on each request."""
    settings.WHITENOISE_AUTOREFRESH = request.param
    return WSGIHandler()


def ask(handler, raw):
    """The answer to an address as a server hands it on: decoded, and nothing tidied away."""
    environ = RequestFactory().get("/").environ | {"PATH_INFO": raw.encode().decode("latin-1")}
    begun = []
    answer = handler(environ, lambda status, headers, *_error: begun.append(int(status[:3])))
    try:
        return begun[0], b"".join(answer)
    finally:
        answer.close()


def addresses(document):
    """Straight, and out of every folder that is served by every kind of step upwards."""
    key = f"{document.tenant_id}/{document.storage_key}"
    absolute = str(document.path)
    yield from (f"/media/{key}", f"/{key}", f"/files/{key}", f"/static/media/{key}", absolute)
    yield from (f"/static{absolute}", f"/static/{absolute}", f"/static//{absolute}")
    for folder in [*portal.STATICFILES_DIRS, portal.STATIC_ROOT]:
        steps = relpath(document.path, folder)
        for up in ("..", "%2e%2e", "..;", ".%00.", "..\\", "\uff0e\uff0e"):
            yield f"/static/{steps.replace('..', up)}"
        yield f"/static/{quote(steps, safe='')}"
        yield f"/static/vendor/../{steps}"


def test_no_address_leads_to_a_file(handler, document):
    asked = list(addresses(document))
    assert len(asked) > 20
    for raw in asked:
        status, content = ask(handler, raw)
        assert SECRET not in content, raw
        # Static files answer a path that is none by sending it on to a tidy one, or not at all.
        assert status in (301, 302, 400, 404), raw


def test_control_with_the_usual_line_for_uploads_it_is_open(handler, document, settings):
    settings.ROOT_URLCONF = __name__
    status, content = ask(handler, f"/media/{document.tenant_id}/{document.storage_key}")
    assert (status, content) == (200, SECRET)


def test_static_files_are_served_by_the_same_handler(handler):
    assert ask(handler, "/static/portal.css")[0] == 200


def test_what_is_served_and_what_is_kept_are_apart():
    kept = Path(portal.MEDIA_ROOT).resolve()
    for folder in map(Path, [*portal.STATICFILES_DIRS, portal.STATIC_ROOT]):
        served = folder.resolve()
        assert served not in [kept, *kept.parents]
        assert kept not in served.parents
    assert not hasattr(portal, "WHITENOISE_ROOT")
