from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatewayConfig(AppConfig):
    name = "gateway"
    verbose_name = _("API")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.events import subscribe
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from gateway import (
            clearance,
            schema,  # noqa: F401  its extension registers itself
        )
        from gateway.idempotency import forget_old_answers
        from gateway.scopes import register_scope
        from gateway.sections import section

        register_tidying(forget_old_answers)
        register_clearance("gateway", clearance.what_is_open)
        subscribe("residency.left", clearance.revoke_keys)
        register_section("gateway", section)
        register_scope("jobs.read", _("See jobs"))
        register_scope("jobs.write", _("Cancel and resume jobs"))
        register_scope("files.read", _("Download files"))
