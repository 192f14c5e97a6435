from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidencyConfig(AppConfig):
    name = "residency"
    verbose_name = _("Residency")

    def ready(self) -> None:
        from backbone.outbox import register
        from backbone.purposes import register_purpose
        from residency import letters
        from residency.operations import papers

        register(letters.KIND, letters.deliver)
        register_purpose(
            papers.PURPOSE, label=_("Document of an application"), readers=papers.READERS
        )
