from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training centre")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from training import attendance_registries, clearance, sections
        from training.housekeeping import lapse_own

        register_clearance("training", clearance.what_is_open)
        register_section("training", sections.section)
        register_tidying(lapse_own)
        attendance_registries.register()
