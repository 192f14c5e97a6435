from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members and invitations")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.events import subscribe
        from backbone.outbox import register
        from backbone.sections import register_section
        from members import clearance, erasing, mail, sections

        register(mail.KIND, mail.deliver)
        erasing.register()
        register_section("members", sections.section)
        register_clearance("members", clearance.what_is_open)
        subscribe("residency.left", clearance.withdraw_invitations)
