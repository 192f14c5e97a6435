from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidencyConfig(AppConfig):
    name = "residency"
    verbose_name = _("Residency")

    def ready(self) -> None:
        from backbone.outbox import register
        from residency import letters

        register(letters.KIND, letters.deliver)
