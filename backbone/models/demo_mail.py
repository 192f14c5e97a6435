"""Mail that the demo keeps instead of sending."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DemoMail(models.Model):
    """One mail. Belongs to an address, not to an organisation; empty in production."""

    message_id = models.CharField(max_length=250, unique=True)
    sender = models.CharField(_("from"), max_length=250)
    recipients = ArrayField(models.CharField(max_length=250), verbose_name=_("to"))
    subject = models.CharField(_("subject"), max_length=500)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("demo mail")
        verbose_name_plural = _("demo mails")
        indexes = [models.Index(fields=["-id"], name="demo_mail_newest")]

    def __str__(self) -> str:
        return self.subject
