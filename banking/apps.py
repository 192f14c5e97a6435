from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BankingConfig(AppConfig):
    name = "banking"
    verbose_name = pgettext_lazy("app", "Bank statements")

    def ready(self) -> None:
        from backbone.clearance import nothing_open, register_clearance
        from backbone.jobs import register
        from backbone.purposes import register_purpose
        from backbone.sections import nothing_to_say, register_section
        from banking import erasing, tasks
        from banking.operations.files import JOB, PURPOSE
        from tenants.kinds import Role

        register(JOB, tasks.read_statement, label=_("Bank statement"), result_url=tasks.page_of)
        register_purpose(PURPOSE, label=_("Bank statement"), readers=[Role.FINANCE])
        # The park's own accounts: no organisation has anything here.
        register_clearance("banking", nothing_open)
        register_section("banking", nothing_to_say)
        erasing.register()
