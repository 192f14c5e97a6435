from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments through providers")

    def ready(self) -> None:
        from django.core.checks import register

        from backbone.sections import register_section
        from foundation.operations import explain
        from payments import checks, clearance, offline, periodic, sections, ways
        from payments.providers import register_provider

        clearance.register()
        register_section("payments", sections.section)
        register_provider(offline.NAME, offline.Offline)
        ways.register()
        register(checks.known_providers)
        # Celery looks for tasks in modules called ``tasks``; this one is what beat starts.
        assert periodic.give_up_waiting
        explain("inbox_keeps_facts", _("What a provider said is never altered."))
