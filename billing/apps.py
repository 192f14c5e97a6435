from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Charges")

    def ready(self) -> None:
        from backbone.sections import register_section
        from billing import clearance, sections

        clearance.register()
        register_section("billing", sections.section)
