"""The staff's workplace: Django's admin, entered through the portal's own sign-in."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from foundation.money import NOTHING


class StaffSite(UnfoldAdminSite):
    site_title = _("Park staff")
    site_header = _("Park Portal")
    empty_value_display = NOTHING

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        # The theme's own tags have no nonce, and its Alpine build evaluates expressions: the one
        # listed exception to the CSP.
        relaxed = csp_update({"script-src": [SELF, UNSAFE_EVAL]})
        return relaxed(super().admin_view(view, cacheable))

    def get_urls(self) -> list[Any]:
        from backbone.organisations import organisation
        from backbone.views import staff_file
        from reconciliation.staff_urls import staff_pages as reconciliation_pages
        from reporting.views import late_organisations, park_briefs
        from residency.admin.board import renewal_board
        from spaces.plan_urls import staff_pages
        from training.desk_urls import staff_pages as attendance_pages

        own = [
            path("files/<file_ref:pk>/", self.admin_view(staff_file), name="staff_file"),
            path("renewals/", self.admin_view(renewal_board), name="renewal_board"),
            path("briefs/", self.admin_view(park_briefs), name="park_brief"),
            path("organisations/<int:pk>/", self.admin_view(organisation), name="organisation"),
            path("late/", self.admin_view(late_organisations), name="late_organisations"),
            *staff_pages(self.admin_view),
            *attendance_pages(self.admin_view),
            *reconciliation_pages(self.admin_view),
        ]
        return own + super().get_urls()

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One door for everybody: allauth's sign-in with its limits and second factor."""
        return redirect_to_login(request.GET.get("next") or request.get_full_path())
