from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training centre")

    def ready(self) -> None:
        from backbone import events
        from backbone.clearance import register_clearance
        from backbone.housekeeping import register_tidying
        from backbone.outbox import register as register_effect
        from backbone.sections import register_section
        from spaces.operations.making_room import GIVEN_BACK
        from training import attendance_registries, clearance, erasing, periodic, sections
        from training.api import scopes
        from training.housekeeping import lapse_own
        from training.operations import idle, letters

        register_clearance("training", clearance.what_is_open)
        register_section("training", sections.section)
        register_tidying(lapse_own)
        attendance_registries.register()
        scopes.register()
        erasing.register()
        register_effect(letters.KIND, letters.deliver)
        # Celery looks for tasks in modules called ``tasks``; this one is what beat starts.
        assert periodic.release_idle
        events.subscribe(GIVEN_BACK, idle.take_back)
        register_effect(idle.TAKEN_BACK, idle.call_off)
