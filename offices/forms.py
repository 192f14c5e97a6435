"""The shape of what is chosen when booking; what may be booked say ``offices.rules``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from foundation.steps import day_input
from offices.models import BookingRule
from spaces.models import Space


class DayForm(forms.Form):
    """Lives in the address."""

    day = forms.DateField(label=_("Day"), widget=day_input())

    def chosen(self, fallback: date) -> date:
        return self.cleaned_data.get("day") or fallback if self.is_valid() else fallback


class BookingForm(forms.Form):
    start = forms.ChoiceField(label=_("Begins"))
    minutes = forms.TypedChoiceField(label=pgettext_lazy("booking", "How long"), coerce=int)
    extras = forms.MultipleChoiceField(
        label=_("With it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(label=_("What for"), max_length=200)

    def __init__(
        self, *args: Any, rule: BookingRule, day: date, extras: list[Space], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.offered = day, {space.code: space for space in extras}
        fields: Any = self.fields
        fields["start"].choices = [(f"{at:%H:%M}", f"{at:%H:%M}") for at in starts(rule, day)]
        lengths = range(rule.least_minutes, rule.most_minutes + 1, rule.slot_minutes)
        fields["minutes"].choices = [(each, length(each)) for each in lengths]
        fields["extras"].choices = [(code, str(space)) for code, space in self.offered.items()]
        if not self.offered:
            del self.fields["extras"]

    def said(self) -> dict[str, Any]:
        """The operation's arguments."""
        said = self.cleaned_data
        start = moment(self.day, time.fromisoformat(said["start"]))
        return {
            "start": start,
            "end": start + timedelta(minutes=said["minutes"]),
            "purpose": said["purpose"],
            "extras": [self.offered[code] for code in said.get("extras", [])],
        }


def moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def starts(rule: BookingRule, day: date) -> list[datetime]:
    """The moments of a day at which something can begin; none on a day that is closed."""
    if day.isoweekday() not in rule.opens_on:
        return []
    at, last = moment(day, rule.opens_at), moment(day, rule.closes_at)
    slot, least = timedelta(minutes=rule.slot_minutes), timedelta(minutes=rule.least_minutes)
    found = []
    while at + least <= last:
        found.append(at)
        at += slot
    return found


def length(minutes: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
