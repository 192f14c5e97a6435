from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training centre")

    def ready(self) -> None:
        from training import attendance_registries

        attendance_registries.register()
