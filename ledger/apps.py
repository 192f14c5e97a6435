from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("Books")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.housekeeping import register_tidying
        from backbone.sections import register_section
        from ledger import clearance, housekeeping, sections

        register_clearance("ledger", clearance.what_is_held)
        register_section("ledger", sections.section)
        register_tidying(housekeeping.tidy)
        _explain_rules()


def _explain_rules() -> None:
    """A sentence for each rule that no model's Meta names."""
    from foundation.operations import explain

    explain("ledger_append_only", _("What was posted is never altered: reverse it."))
    explain("voucher_zero_sum", _("Debits and credits differ."))
    explain("voucher_whole", _("A voucher has all of its entries or is not there."))
    explain("voucher_mirrors", _("A reversal has the entries of what it reverses, turned round."))
    explain("voucher_in_open_period", _("The books of this day are closed."))
    explain("entry_whole_units", _("The amount has too many decimal places for its currency."))
    explain("account_takes_entries", _("This account is frozen or closed."))
    explain("period_in_turn", _("Periods close in turn, and open again from the last one."))
