from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpacesConfig(AppConfig):
    name = "spaces"
    verbose_name = _("Spaces")

    def ready(self) -> None:
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from foundation.operations import explain
        from spaces import clearance, plan_pictures, sections
        from spaces.housekeeping import lapse_own

        clearance.register()
        plan_pictures.register()
        register_section("spaces", sections.section)
        register_tidying(lapse_own)
        explain(
            "occupancy_exclusive_as_space",
            _("It was taken as it is: retire it and add one of another quantity."),
        )
