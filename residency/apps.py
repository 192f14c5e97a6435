from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidencyConfig(AppConfig):
    name = "residency"
    verbose_name = _("Residency")

    def ready(self) -> None:
        from backbone.outbox import register
        from backbone.purposes import register_purpose
        from residency import letters
        from residency.operations import papers, reviews
        from tenants.kinds import Role

        register(letters.KIND, letters.deliver)
        # Of the park's own organisation: whoever of the staff reviews or decides reads them.
        register_purpose(
            reviews.MINUTES, label=_("Minutes of review meetings"), readers=Role.values
        )
        register_purpose(
            papers.PURPOSE, label=_("Document of an application"), readers=papers.READERS
        )
