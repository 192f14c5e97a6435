from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReconciliationConfig(AppConfig):
    name = "reconciliation"
    verbose_name = pgettext_lazy("app", "Reconciliation")

    def ready(self) -> None:
        from backbone.clearance import nothing_open, register_clearance
        from backbone.sections import nothing_to_say, register_section
        from ledger.checking import register_checks
        from ledger.checklist import register_checklist
        from reconciliation import checking
        from reconciliation.month_end import what_is_open

        # The park's own: what came of a line for an organisation stands in its payments.
        register_clearance("reconciliation", nothing_open)
        register_section("reconciliation", nothing_to_say)
        register_checklist("reconciliation", what_is_open)
        register_checks("reconciliation", checking.CHECKS)
        _explain_rules()


def _explain_rules() -> None:
    """A sentence for each rule that no model's Meta names."""
    from foundation.operations import explain

    explain("match_keeps_facts", _("A match is never altered: undo it."))
    explain("tally_keeps_facts", _("What is dealt with of a line is the sum of its matches."))
