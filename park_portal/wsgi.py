import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")

application = get_wsgi_application()

from park_portal.production import refuse_unsafe_role  # noqa: E402  needs the settings above
from park_portal.text import PlainRequest  # noqa: E402

application.request_class = PlainRequest
refuse_unsafe_role()
