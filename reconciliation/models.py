"""What became of the lines of the park's bank accounts. The park's own, without a tenant.

No column here says who paid: that stands in the line, and is erased there when its time is over.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banking.models import StatementLine
from banking.models.statements import money
from billing.models import Payment, Refund


class Tally(models.Model):
    """How much of a line is dealt with. ``amount`` is the line's without its sign; ``matched`` is
    the sum of the matches that stand and is kept by a trigger of theirs."""

    line = models.OneToOneField(
        StatementLine, models.PROTECT, related_name="tally", verbose_name=_("statement line")
    )
    amount = money(_("amount"))
    matched = money(_("dealt with"), default=0)

    class Meta:
        verbose_name = _("tally of a line")
        verbose_name_plural = _("tallies of lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(matched__gte=0, matched__lte=F("amount")),
                name="tally_not_beyond",
                violation_error_message=_(
                    "This is more than is left of the line. Somebody may have dealt with it meanwhile."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matched} / {self.amount}"

    @property
    def left(self) -> Decimal:
        return self.amount - self.matched


class MatchKind(models.TextChoices):
    PAYMENT = "payment", pgettext_lazy("match", "Payment")
    RECORDED = "recorded", pgettext_lazy("match", "Payment recorded before")
    RETURNED = "returned", pgettext_lazy("match", "Payment taken back")
    REFUND = "refund", pgettext_lazy("match", "Refund")
    UNIDENTIFIED = "unidentified", pgettext_lazy("match", "Payer not known yet")
    ASIDE = "aside", pgettext_lazy("match", "Set aside")


# The money of a payment came in by a line of one of these.
CAME_IN = [MatchKind.PAYMENT, MatchKind.RECORDED]
OF_PAYMENT = [*CAME_IN, MatchKind.RETURNED]
OF_NOTHING = [MatchKind.ASIDE, MatchKind.UNIDENTIFIED]


class AsideReason(models.TextChoices):
    OWN_TRANSFER = "own", pgettext_lazy("set aside", "Between our own accounts")
    INTEREST = "interest", pgettext_lazy("set aside", "Interest or a fee of the bank")
    RECORDED = "recorded", pgettext_lazy("set aside", "Recorded already")
    PAYOUT = "payout", pgettext_lazy("set aside", "Payout of a payment provider")
    SPENDING = "spending", pgettext_lazy("set aside", "Spending of the park")
    OTHER = "other", pgettext_lazy("set aside", "Other")


ANOTHER = _("Another line stands for this already.")


class MatchQuerySet(models.QuerySet["Match"]):
    def standing(self) -> MatchQuerySet:
        return self.filter(undone_at=None)


class Match(models.Model):
    """``amount`` of a line, without its sign, was dealt with. Undone, it stays as a record."""

    tally = models.ForeignKey(
        Tally, models.PROTECT, related_name="matches", verbose_name=_("statement line")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=MatchKind.choices)
    amount = money(_("amount"))
    # In the books of its organisation, where all about it stands. The database alone looks after
    # this key and those of people: the portal's role may not look here when one of them goes.
    payment = models.ForeignKey(
        Payment, models.DO_NOTHING, related_name="+", null=True, verbose_name=_("payment")
    )
    refund = models.ForeignKey(
        Refund, models.DO_NOTHING, related_name="+", null=True, verbose_name=_("refund")
    )
    reason = models.CharField(
        _("reason"), max_length=10, choices=AsideReason.choices, blank=True, default=""
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    # The payer was found later: the money was moved here from the park's own books.
    found = models.ForeignKey(
        "self", models.PROTECT, related_name="became", null=True, verbose_name=_("not known before")
    )
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", null=True,
        verbose_name=_("made by"),
    )  # fmt: skip
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", null=True,
        verbose_name=_("undone by"),
    )  # fmt: skip
    undone_why = models.CharField(_("why it was undone"), max_length=500, blank=True, default="")

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="match_above_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_PAYMENT, payment__isnull=False, refund=None)
                | Q(kind=MatchKind.REFUND, payment=None, refund__isnull=False)
                | Q(kind__in=OF_NOTHING, payment=None, refund=None),
                name="match_kind_has_its_row",
            ),
            models.CheckConstraint(
                condition=Q(kind=MatchKind.ASIDE) & ~Q(reason="")
                | ~Q(kind=MatchKind.ASIDE) & Q(reason=""),
                name="match_aside_says_why",
                violation_error_message=_("Say why it is set aside."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=AsideReason.OTHER) | ~Q(note=""),
                name="match_other_says_what",
                violation_error_message=_("Say in the note what it is."),
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_why="")
                | Q(undone_at__isnull=False) & ~Q(undone_why=""),
                name="match_undone_says_why",
                violation_error_message=_("Say why it is undone."),
            ),
            # A payment came in by one line, and was taken back by one; a refund went by one.
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(undone_at=None, kind__in=CAME_IN),
                name="match_of_payment_once",
                violation_error_message=ANOTHER,
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(undone_at=None, kind=MatchKind.RETURNED),
                name="match_of_return_once",
                violation_error_message=ANOTHER,
            ),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(undone_at=None),
                name="match_of_refund_once",
                violation_error_message=ANOTHER,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def line(self) -> Any:
        return self.tally.line

    @property
    def row(self) -> Payment | Refund | None:
        """What it stands for in an organisation's books."""
        return self.payment or self.refund

    @property
    def state(self) -> str:
        return "undone" if self.undone_at else "standing"
