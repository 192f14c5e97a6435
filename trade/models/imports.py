"""Where orders come from: sales channels, column mappings and the imports themselves."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters of ISO 4217, such as GBP."))
COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters of ISO 3166, such as GB."))


class OwnQuerySet(models.QuerySet[Any]):
    """Rows of the actor's own organisation; staff reads rows of others only by consent."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)


class Channel(models.Model):
    """A shop or platform on which an organisation sells."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=80)
    platform = models.CharField(_("platform"), max_length=40, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="channel_name_once",
                violation_error_message=_("A channel of this name exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportMapping(models.Model):
    """How the columns and labels of a kind of file become orders; the organisation's own copy."""

    class DirectionRule(models.TextChoices):
        EXPORT = "export", _("All are exports")
        IMPORT = "import", _("All are imports")
        DOMESTIC = "domestic", _("All are domestic")
        COLUMN = "column", _("A column says it")
        COUNTRY = "country", _("By country: the home country is domestic, the others are exports")

    class DecimalSign(models.TextChoices):
        POINT = ".", _("1,234.56")
        COMMA = ",", _("1.234,56")
        UNSAID = "", _("Refuse what can be read both ways")

    class DateOrder(models.TextChoices):
        YEAR_FIRST = "ymd", _("2026-09-05")
        DAY_FIRST = "dmy", _("05/09/2026 is 5 September")
        MONTH_FIRST = "mdy", _("05/09/2026 is 9 May")

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=80)
    channel = models.ForeignKey(
        Channel, models.PROTECT, db_index=False, verbose_name=_("sales channel")
    )
    # Our name of a column -> its header in the file; names in trade.pipeline.rules.TARGETS.
    columns = models.JSONField(_("columns"))
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        help_text=_("Blank where a column holds it."),
        validators=[CURRENCY],
    )
    direction_rule = models.CharField(
        _("direction"), max_length=8, choices=DirectionRule, default=DirectionRule.COUNTRY
    )
    home_country = models.CharField(
        _("home country"), max_length=2, default="CN", validators=[COUNTRY]
    )
    decimal_sign = models.CharField(_("numbers"), max_length=1, blank=True, choices=DecimalSign)
    date_order = models.CharField(
        _("dates"), max_length=3, choices=DateOrder, default=DateOrder.YEAR_FIRST
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Asia/Shanghai",
        help_text=_("For times that name no zone."),
    )
    # Label in the file -> ISO 3166 alpha-2; labels nobody has mapped yet stand here as ZZ.
    country_labels = models.JSONField(_("country labels"), default=dict, blank=True)
    # {"cancellation_prefix": "C"} or {"cancellation": "negative_quantity"}, {"adjustment_prefix": "A"}
    kind_rules = models.JSONField(_("kinds of line"), default=dict, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="mapping_name_once",
                violation_error_message=_("A mapping of this name exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(currency="") | models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="mapping_currency_iso",
                violation_error_message=_("The currency needs three capital letters, such as GBP."),
            ),
            models.CheckConstraint(
                condition=models.Q(home_country__regex=r"^[A-Z]{2}$"),
                name="mapping_country_iso",
                violation_error_message=_("The country needs two capital letters, such as GB."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrderImport(models.Model):
    """One uploaded file of orders: how it is to be read and, once it ran, what came of it."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    document = models.ForeignKey(
        "backbone.Document",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("file"),
    )
    mapping = models.ForeignKey(
        ImportMapping,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("column mapping"),
    )
    job = models.ForeignKey(
        "backbone.Job",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("job"),
    )
    # How the file is read where its bytes leave a choice; blank while nobody had to choose.
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=80, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    first_on = models.DateField(_("first day"), null=True, blank=True)
    last_on = models.DateField(_("last day"), null=True, blank=True)
    rejected_document = models.ForeignKey(
        "backbone.Document", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("rejected rows"),
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("order import")
        verbose_name_plural = _("order imports")
        indexes = [models.Index(fields=["tenant", "-created_at"], name="import_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result=None, finished_at=None)
                | models.Q(result__isnull=False, finished_at__isnull=False),
                name="import_result_when_finished",
            )
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None
