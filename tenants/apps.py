from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Organisations and people")

    def ready(self) -> None:
        from allauth.mfa import signals as second_factors
        from django.contrib.auth.signals import user_logged_in

        from tenants import security_events, sessions

        security_events.listen()

        user_logged_in.connect(sessions.mark_signed_in, dispatch_uid="tenants.signed_in")
        for changed in (
            second_factors.authenticator_added,
            second_factors.authenticator_removed,
            second_factors.authenticator_reset,
        ):
            changed.connect(sessions.second_factor_changed, dispatch_uid="tenants.sessions")
