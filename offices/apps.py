from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from offices import clearance, erasing, sections
        from offices.housekeeping import settle_own

        register_clearance("offices", clearance.what_is_open)
        register_section("offices", sections.section)
        register_tidying(settle_own)
        erasing.register()
