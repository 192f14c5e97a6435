from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackboneConfig(AppConfig):
    name = "backbone"
    verbose_name = _("Jobs, notices and files")

    def ready(self) -> None:
        from celery.signals import worker_ready

        from backbone.effects import register_effects
        from backbone.heartbeat import beat

        register_effects()
        worker_ready.connect(beat, dispatch_uid="backbone.heartbeat")
