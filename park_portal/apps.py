from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ParkPortalConfig(AppConfig):
    name = "park_portal"
    verbose_name = _("Park Portal")

    def ready(self) -> None:
        from park_portal import production

        production.refuse_unsafe_settings()


class StaffSiteConfig(AdminConfig):
    default_site = "park_portal.staff_site.StaffSite"
