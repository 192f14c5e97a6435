"""The park's own accounts at banks and wallets. The park's own, without a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_NUMBER = 64


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    def in_use(self) -> BankAccountQuerySet:
        return self.filter(closed_at=None)

    def for_bills(self) -> list[BankAccount]:
        """One of each currency: the one that is named on bills, or else, when that was closed, the
        first there was."""
        rows = self.in_use().order_by("is_on_bills", "-pk")
        return list({row.currency: row for row in rows}.values())


class BankAccount(models.Model):
    """``number`` is the account's as the bank prints it, or an IBAN; letters and digits alone."""

    holder = models.CharField(pgettext_lazy("bank account", "holder"), max_length=140)
    number = models.CharField(_("account number or IBAN"), max_length=LONGEST_NUMBER)
    bank = models.CharField(_("bank and branch"), max_length=140)
    swift = models.CharField(_("SWIFT code"), max_length=11, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    # Bills in its currency say to pay into it.
    is_on_bills = models.BooleanField(_("named on bills"), default=False, editable=False)
    closed_at = models.DateTimeField(
        pgettext_lazy("bank account", "closed"), null=True, editable=False
    )

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["bank", "number", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "currency"],
                name="bank_account_once",
                violation_error_message=_("This account is there in this currency already."),
            ),
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(is_on_bills=True),
                name="bank_account_on_bills_once",
                violation_error_message=_("Another account of this currency is named on bills."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(is_on_bills=False),
                name="bank_account_on_bills_in_use",
                violation_error_message=_("A closed account is not named on bills."),
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Z@.*_-]{4,64}$"),
                name="bank_account_number",
                violation_error_message=_(
                    "Write the number with letters and digits alone, as the bank prints it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(swift__regex=r"^([A-Z0-9]{8}([A-Z0-9]{3})?)?$"),
                name="bank_account_swift",
                violation_error_message=_("A SWIFT code has 8 or 11 letters and digits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number[-6:]} {self.currency}"
