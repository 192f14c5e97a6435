"""Tax invoices (发票): asked for here, issued at the tax bureau, recorded with their number."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from backbone.models import Document
from billing.models.invoices import Invoice
from billing.models.owned import OwnedQuerySet, owner
from ledger.models.accounts import MoneyField


class FapiaoKind(models.TextChoices):
    ORDINARY = "ordinary", pgettext_lazy("fapiao", "Ordinary")
    SPECIAL = "special", pgettext_lazy("fapiao", "Special VAT")


class FapiaoState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("fapiao", "Requested")
    ISSUED = "issued", pgettext_lazy("fapiao", "Issued")
    RED_REQUESTED = "red_asked", pgettext_lazy("fapiao", "Red one requested")
    RED_ISSUED = "red_issued", pgettext_lazy("fapiao", "Cancelled by a red one")
    DROPPED = "dropped", pgettext_lazy("fapiao", "Request dropped")


S = FapiaoState


class Fapiao(Lifecycle):
    """One for a bill at a time. Numbers have 20 digits (数电发票, STA announcement 2024 No. 11)."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.REQUESTED: frozenset({S.ISSUED, S.DROPPED}),
        S.ISSUED: frozenset({S.RED_REQUESTED}),
        S.RED_REQUESTED: frozenset({S.RED_ISSUED, S.ISSUED}),
        S.RED_ISSUED: frozenset(),
        S.DROPPED: frozenset(),
    }

    tenant = owner()
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="fapiao", db_index=False, verbose_name=_("bill")
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=FapiaoKind.choices, default=FapiaoKind.ORDINARY
    )
    title = models.CharField(pgettext_lazy("fapiao", "title"), max_length=140)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True, default="")
    amount = MoneyField(_("amount"))
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.REQUESTED)
    number = models.CharField(_("fapiao number"), max_length=20, blank=True, default="")
    issued_on = models.DateField(_("issued"), null=True)
    red_number = models.CharField(_("number of the red one"), max_length=20, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, db_index=False,
        verbose_name=_("file"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("requested"), db_default=Now(), editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("requested by"),
    )  # fmt: skip

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("fapiao")
        verbose_name_plural = _("fapiao")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="fapiao_state_known"),
            models.UniqueConstraint(
                fields=["tenant", "invoice"],
                condition=Q(state__in=[S.REQUESTED, S.ISSUED, S.RED_REQUESTED]),
                name="fapiao_one_for_a_bill",
                violation_error_message=_("There is a fapiao for this bill, or a request."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "number"],
                condition=~Q(number=""),
                name="fapiao_number_once",
                violation_error_message=_("This number is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(number="", red_number="")
                | Q(number__regex=r"^\d{20}$", red_number__regex=r"^(\d{20})?$"),
                name="fapiao_number_form",
                violation_error_message=_("A fapiao's number has 20 digits."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.REQUESTED, S.DROPPED])
                | ~Q(number="") & Q(issued_on__isnull=False),
                name="fapiao_issued_has_number",
                violation_error_message=_("Give the fapiao's number and its day."),
            ),
            models.CheckConstraint(
                condition=~Q(state=S.RED_ISSUED) | ~Q(red_number=""),
                name="fapiao_red_has_number",
                violation_error_message=_("Give the number of the red fapiao."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=FapiaoKind.SPECIAL) | ~Q(tax_number=""),
                name="fapiao_special_has_tax_number",
                violation_error_message=_("A special VAT fapiao needs a tax number."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.title} · {self.get_state_display()}"
