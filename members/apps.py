from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members and invitations")

    def ready(self) -> None:
        from backbone.outbox import register
        from members import mail

        register(mail.KIND, mail.deliver)
