from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training centre")

    def ready(self) -> None:
        from backbone import events
        from backbone.outbox import register as register_effect
        from spaces.operations.making_room import GIVEN_BACK
        from training import attendance_registries, periodic
        from training.operations import idle

        # Celery looks for tasks in modules called ``tasks``; this one is what beat starts.
        assert periodic.release_idle
        events.subscribe(GIVEN_BACK, idle.take_back)
        register_effect(idle.TAKEN_BACK, idle.call_off)
        attendance_registries.register()
