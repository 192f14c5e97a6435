"""A file of a bank as it came, and how far it is."""

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
from backbone.sentences import for_reader
from banking.models.accounts import BankAccount
from foundation.tables.values import DateOrder


class FileState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("bank file", "Being read")
    READ = "read", pgettext_lazy("bank file", "Read, not taken yet")
    TAKEN = "taken", pgettext_lazy("bank file", "Taken")
    REFUSED = "refused", pgettext_lazy("bank file", "Refused")


S = FileState


class StatementFile(Lifecycle):
    """Its bytes never change. ``found`` is what came of it: counts, and what is worth telling."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.WAITING: frozenset({S.READ, S.TAKEN, S.REFUSED}),
        S.READ: frozenset({S.WAITING}),
        S.REFUSED: frozenset({S.WAITING}),
        # Again, when an account was added or a day's order was wrong: what is known adds nothing.
        S.TAKEN: frozenset({S.WAITING}),
    }

    # A file of the park; None when its time to be kept is over. The database alone protects it:
    # Django would look here whenever any document goes, and the portal's role may not.
    document = models.ForeignKey(
        Document, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("file")
    )
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    # What the person said who uploaded it, where the file leaves it open.
    account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("account"),
    )  # fmt: skip
    date_order = models.CharField(
        _("order of day and month"), max_length=3, blank=True, default="",
        choices=[
            (DateOrder.DAY_FIRST.value, _("day first: 31/12/2026")),
            (DateOrder.MONTH_FIRST.value, _("month first: 12/31/2026")),
        ],
    )  # fmt: skip
    columns = models.CharField(
        _("names of the columns"), max_length=500, blank=True, default="",
        help_text=_(
            "Only for a table that has none: in their order, separated by semicolons, such as "
            "Date; Description; Value date; Amount; Currency."
        ),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=S.choices, default=S.WAITING)
    kind = models.CharField(_("format"), max_length=12, blank=True, default="")
    lines_read = models.PositiveIntegerField(_("lines read"), default=0)
    lines_new = models.PositiveIntegerField(_("new"), default=0)
    lines_known = models.PositiveIntegerField(pgettext_lazy("lines", "known already"), default=0)
    set_aside = models.PositiveIntegerField(_("set aside"), default=0)
    refusal_code = models.CharField(max_length=40, blank=True, default="", editable=False)
    # Sentences in every language: why it was refused, what is worth telling.
    refusal = models.JSONField(default=dict, editable=False)
    remarks = models.JSONField(default=list, editable=False)
    # What would be taken, to look at; empty once it was.
    preview = models.JSONField(default=list, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+",
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                name="bank_file_once",
                violation_error_message=_("This very file is there already; nothing was added."),
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="bank_file_state_known"),
            models.CheckConstraint(
                condition=(Q(state=S.REFUSED) & ~Q(refusal_code=""))
                | (~Q(state=S.REFUSED) & Q(refusal_code="")),
                name="bank_file_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def why_refused(self) -> str:
        """In the reader's language."""
        return for_reader(self.refusal)
