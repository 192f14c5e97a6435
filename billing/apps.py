from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Bills")

    def ready(self) -> None:
        from backbone import outbox
        from backbone.jobs import register
        from backbone.purposes import register_purpose
        from backbone.sections import register_section
        from billing import checking, clearance, closing, periodic, run_jobs, sections, telling
        from billing.operations import fapiao, runs
        from gateway.scopes import register_scope
        from ledger.checking import register_checks
        from tenants.kinds import Role

        clearance.register()
        closing.register()
        register_section("billing", sections.section)
        register_checks("billing", checking.CHECKS)
        outbox.register(telling.EFFECT, telling.send_issued)
        register_purpose(
            fapiao.PURPOSE, label=_("Fapiao"), readers=[Role.FINANCE], shared_with_park=True
        )
        register_scope("bills.read", _("Read bills and payments"))
        page = run_jobs.page_of
        register(runs.GATHER, run_jobs.gather, label=_("Drafts of bills"), result_url=page)
        register(runs.ISSUE, run_jobs.issue, label=_("Issuing of bills"), result_url=page)
        # Celery looks for tasks in modules called so.
        assert periodic.remind_of_bills
        _add_kinds()
        _explain_rules()


def _add_kinds() -> None:
    """Accounts of the books that billing needs beside those of the ledger."""
    from billing.entries import DEPOSIT_DUE, REFUNDS_DUE
    from ledger.chart import CREDIT, DEBIT, Kind, register_kind

    register_kind(Kind(DEPOSIT_DUE, pgettext_lazy("account", "Deposits not paid yet"), CREDIT))
    register_kind(Kind(REFUNDS_DUE, pgettext_lazy("account", "Refunds to pay"), CREDIT))
    register_kind(Kind("clearing", pgettext_lazy("account", "At payment providers"), DEBIT))


def _explain_rules() -> None:
    """A sentence for each rule that no model's Meta names."""
    from foundation.operations import explain

    explain("billing_append_only", _("What was issued is never altered."))
    explain("invoice_frozen", _("An issued bill is frozen: correct it by a credit note."))
    explain("invoice_sums_up", _("The lines of the bill do not sum up to its total."))
    explain("payment_keeps_facts", _("A payment keeps its facts: take it back instead."))
