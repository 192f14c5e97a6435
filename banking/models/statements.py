"""What was taken from files: statements, their lines, and what was set aside with the reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.sentences import for_reader
from banking.models.accounts import LONGEST_NUMBER, BankAccount
from banking.models.files import StatementFile

# Eighteen digits by ISO 20022, five of them decimals.
DIGITS, PLACES = 20, 5


def money(label: object, **options: object) -> models.DecimalField:
    return models.DecimalField(label, max_digits=DIGITS, decimal_places=PLACES, **options)  # type: ignore[arg-type]


class Statement(models.Model):
    """One statement of one account in a file; ``place`` counts them within the file."""

    file = models.ForeignKey(
        StatementFile, models.PROTECT, related_name="statements", verbose_name=_("file")
    )
    place = models.PositiveIntegerField(_("place"))
    account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="statements", verbose_name=_("account")
    )
    kind = models.CharField(_("format"), max_length=12)
    identity = models.CharField(_("the bank's name of it"), max_length=140, blank=True, default="")
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    page = models.CharField(
        pgettext_lazy("statement", "page"), max_length=20, blank=True, default=""
    )
    currency = models.CharField(_("currency"), max_length=3)
    opening = money(_("opening balance"), null=True)
    opening_on = models.DateField(_("opening on"), null=True)
    closing = money(_("closing balance"), null=True)
    closing_on = models.DateField(_("closing on"), null=True)
    first_on = models.DateField(_("from"), null=True)
    last_on = models.DateField(_("until"), null=True)
    lines_read = models.PositiveIntegerField(_("lines read"))
    lines_new = models.PositiveIntegerField(_("new"))
    remarks = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-last_on", "-pk"]
        indexes = [models.Index(fields=["account", "last_on"], name="bank_statement_of_account")]
        constraints = [
            models.UniqueConstraint(fields=["file", "place"], name="bank_statement_place"),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [str(self.account), self.number, self.page]))


class StatementLineQuerySet(models.QuerySet["StatementLine"]):
    def money_in(self) -> StatementLineQuerySet:
        """What reconciliation looks at: money that came in and was not taken back as a reversal."""
        return self.filter(amount__gt=0, is_reversal=False)


class StatementLine(models.Model):
    """One movement that the bank booked; ``amount`` is signed, positive came in.

    Known by account, ``fingerprint`` (what it says) and ``occurrence`` (the how-manieth of lines
    that say the same). Never changed but for ``balance_after``, which tells such lines apart, and
    for what is erased about the payer.
    """

    account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="lines", db_index=False,
        verbose_name=_("account"),
    )  # fmt: skip
    # The one that brought it first.
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="lines", verbose_name=_("bank statement")
    )
    fingerprint = models.CharField(max_length=64, editable=False)
    occurrence = models.PositiveIntegerField(editable=False)
    # A row's number or the entry's place in the statement.
    place = models.PositiveIntegerField(_("place"))
    booked_on = models.DateField(_("booked on"))
    value_on = models.DateField(_("value date"), null=True)
    clock = models.CharField(_("time"), max_length=8, blank=True, default="")
    amount = money(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    is_reversal = models.BooleanField(_("reversal"), default=False)
    bank_reference = models.CharField(_("bank's reference"), max_length=140, blank=True, default="")
    own_reference = models.CharField(_("own reference"), max_length=140, blank=True, default="")
    payee_reference = models.CharField(
        _("structured reference"), max_length=140, blank=True, default=""
    )
    counterparty_name = models.CharField(_("counterparty"), max_length=140, blank=True, default="")
    counterparty_account = models.CharField(
        _("counterparty's account"), max_length=LONGEST_NUMBER, blank=True, default=""
    )
    remittance = models.CharField(_("remittance text"), max_length=1000, blank=True, default="")
    transaction_code = models.CharField(_("kind"), max_length=70, blank=True, default="")
    balance_after = money(_("balance after it"), null=True)
    # Of the payer nothing is left but that and what was paid.
    erased_at = models.DateTimeField(_("payer erased"), null=True, editable=False)

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        ordering = ["-booked_on", "-pk"]
        indexes = [
            models.Index(fields=["account", "booked_on"], name="bank_line_of_account"),
            models.Index(fields=["currency", "amount"], name="bank_line_amount"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "occurrence"], name="bank_line_once"
            ),
            models.CheckConstraint(condition=Q(occurrence__gt=0), name="bank_line_occurrence"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.currency} {self.amount.normalize():f}"


class Quarantined(models.Model):
    """A statement or a row that was not taken: ``raw`` is its text, ``reason`` says why."""

    file = models.ForeignKey(
        StatementFile, models.PROTECT, related_name="quarantined", verbose_name=_("file")
    )
    place = models.PositiveIntegerField(_("place"))
    said_account = models.CharField(
        _("account in the file"), max_length=140, blank=True, default=""
    )
    lines = models.PositiveIntegerField(pgettext_lazy("statement", "lines"), default=0)
    reason_code = models.CharField(max_length=40, editable=False)
    # In every language.
    reason = models.JSONField(default=dict, editable=False)
    raw = models.TextField(_("text of the file"), blank=True, default="")

    class Meta:
        verbose_name = _("set aside")
        verbose_name_plural = _("set aside")
        ordering = ["file", "place", "pk"]

    def __str__(self) -> str:
        return self.why

    @property
    def why(self) -> str:
        """In the reader's language."""
        return for_reader(self.reason)
