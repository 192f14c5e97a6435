from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeasingConfig(AppConfig):
    name = "leasing"
    verbose_name = _("Leases")

    def ready(self) -> None:
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from leasing import clearance, contract_paper, sections
        from leasing.housekeeping import keep_own

        clearance.register()
        contract_paper.announce()
        register_section("leasing", sections.section)
        register_tidying(keep_own)
