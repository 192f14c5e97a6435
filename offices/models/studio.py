"""The card of a live session: what happens in the studio while it is booked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from offices.models.bookings import Booking
from tenants.models import Tenant


class Platform(models.TextChoices):
    TIKTOK = "tiktok", "TikTok Shop"
    ALIEXPRESS = "aliexpress", "AliExpress"
    ALIBABA = "alibaba", "Alibaba.com"
    SHOPEE = "shopee", "Shopee"
    LAZADA = "lazada", "Lazada"
    AMAZON = "amazon", "Amazon"
    YOUTUBE = "youtube", "YouTube"
    OTHER = "other", pgettext_lazy("platform", "Other")


class PresenterKind(models.TextChoices):
    OWN = "own", pgettext_lazy("presenter", "Our own")
    INTERN = "intern", pgettext_lazy("presenter", "Intern")
    HIRED = "hired", pgettext_lazy("presenter", "Hired")


class SampleGoods(models.TextChoices):
    NONE = "none", pgettext_lazy("samples", "None needed")
    AWAITED = "awaited", pgettext_lazy("samples", "To come")
    IN = "in", pgettext_lazy("samples", "In the studio")


class StudioCardQuerySet(models.QuerySet["StudioCard"]):
    def visible_to(self, actor: Actor) -> StudioCardQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class StudioCard(models.Model):
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", editable=False)
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="+", editable=False)
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    shop_account = models.CharField(_("shop account"), max_length=100, blank=True)
    # An IANA zone: one country has several, and the audience's evening is what matters.
    target_zone = models.CharField(_("country and time of the audience"), max_length=40)
    presenter = models.CharField(_("presenter"), max_length=100, blank=True)
    presenter_kind = models.CharField(
        _("who presents"), max_length=8, choices=PresenterKind.choices, default=PresenterKind.OWN
    )
    language = models.CharField(_("language"), max_length=12)
    goods = models.TextField(_("goods"), max_length=2000, blank=True, help_text=_("One per line."))
    samples = models.CharField(
        _("sample goods"), max_length=8, choices=SampleGoods.choices, default=SampleGoods.AWAITED
    )
    backdrop = models.CharField(_("backdrop"), max_length=200, blank=True)
    uplink_mbps = models.DecimalField(
        _("uplink in Mbit/s"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("As measured in the studio before the session."),
    )
    is_recorded = models.BooleanField(_("recorded"), default=False)

    objects = StudioCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "booking"], name="studio_card_once"),
            models.CheckConstraint(
                condition=Q(uplink_mbps=None) | Q(uplink_mbps__gt=0),
                name="studio_card_uplink",
                violation_error_message=_("An uplink has more than 0 Mbit/s."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking}"
