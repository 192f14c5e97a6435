from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members and invitations")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.events import subscribe
        from backbone.outbox import register
        from members import clearance, mail

        register(mail.KIND, mail.deliver)
        register_clearance("members", clearance.what_is_open)
        subscribe("residency.left", clearance.withdraw_invitations)
