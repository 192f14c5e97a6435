"""Whoever paid the park is a person, or may be one: when the time is over their name goes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations.documents import delete_document
from backbone.retention import PersonalData, register_personal_data
from banking.models import Quarantined, StatementFile, StatementLine
from foundation.actors import Actor
from tenants.isolation.context import across_tenants
from tenants.kinds import TenantKind
from tenants.models import Tenant

PAYERS = "banking.payers"


def register() -> None:
    register_personal_data(
        PersonalData(
            PAYERS,
            _("Payers in bank statements: name, account, text, and the bank's file"),
            _("counted from the day of booking"),
            erase_payers,
        )
    )


def erase_payers(actor: Actor, before: datetime) -> int:
    """Of lines booked before, and of files with nothing later, what names the payer. Amounts, days
    and the bank's references stay: they are the park's books."""
    if not Tenant.objects.filter(pk=actor.tenant_id, kind=TenantKind.OPERATOR).exists():
        return 0
    with across_tenants("payers whose time is over"):
        erased = _lines(before).update(
            counterparty_name="", counterparty_account="", remittance="", own_reference="",
            erased_at=timezone.now(),
        )  # fmt: skip
        for file in _files(before):
            _forget(actor, file)
    return erased


def _lines(before: datetime) -> QuerySet[StatementLine]:
    day = timezone.localdate(before)
    return StatementLine.objects.filter(booked_on__lt=day, erased_at=None)


def _files(before: datetime) -> list[StatementFile]:
    day = timezone.localdate(before)
    kept = StatementFile.objects.filter(document__isnull=False, uploaded_at__lt=before)
    with_days = kept.annotate(last=Max("statements__last_on"))
    return list(with_days.filter(Q(last__lt=day) | Q(last=None)).select_related("document"))


def _forget(actor: Actor, file: StatementFile) -> None:
    document = file.document
    assert document is not None
    file.document, file.preview = None, []
    file.save()
    Quarantined.objects.filter(file=file).update(raw="", said_account="")
    delete_document(actor=actor, now=timezone.now(), document=document)
