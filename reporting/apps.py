from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Targets and reports")

    def ready(self) -> None:
        from backbone.clearance import nothing_open, register_clearance
        from backbone.sections import register_section
        from reporting import brief
        from reporting.sections import section

        brief.announce()
        # Targets and the park's profile are the operator's own.
        register_clearance("reporting", nothing_open)
        register_section("reporting", section)
