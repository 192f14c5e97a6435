"""The shape of what is chosen when booking; what may be booked say ``offices.rules``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from foundation.steps import day_input
from offices.models import BookingRule, StudioCard
from offices.operations.series import spans
from offices.zones import LANGUAGES, ZONES
from spaces.models import Space

EVERY = [
    (0, pgettext_lazy("booking", "Not at all")),
    (1, pgettext_lazy("booking", "Every day")),
    (7, pgettext_lazy("booking", "Every week")),
    (14, pgettext_lazy("booking", "Every two weeks")),
]


class CalendarForm(forms.Form):
    """Lives in the address: a day, and of which type."""

    day = forms.DateField(label=_("Day"), required=False, widget=day_input())
    type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, *args: Any, spaces: list[Space], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", today)
        types = {space.type.code: str(space.type) for space in spaces}
        fields: Any = self.fields
        fields["type"].choices = [("", _("All")), *types.items()]

    def day_or(self, fallback: date) -> date:
        return (self._said("day") or fallback) if self.is_bound else fallback

    def type_or_none(self) -> str:
        return str(self._said("type") or "") if self.is_bound else ""

    def chosen(self, spaces: list[Space]) -> list[Space]:
        code = self.type_or_none()
        return [space for space in spaces if not code or space.type.code == code]

    def _said(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


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
    every = forms.TypedChoiceField(
        label=pgettext_lazy("booking", "Repeat"),
        choices=EVERY,
        coerce=int,
        initial=0,
        required=False,
    )
    until = forms.DateField(
        label=pgettext_lazy("booking", "Repeat until"),
        required=False,
        widget=day_input(),
        help_text=_("The last day on which it may be. Before anything is booked you see each day."),
    )

    def __init__(
        self, *args: Any, rule: BookingRule, day: date, extras: list[Space], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.offered = day, {space.code: space for space in extras}
        fields: Any = self.fields
        fields["start"].choices = [
            (f"{at:%H:%M}", f"{at:%H:%M}") for at in starts(rule, day, timezone.now())
        ]
        lengths = range(rule.least_minutes, rule.most_minutes + 1, rule.slot_minutes)
        fields["minutes"].choices = [(each, length(each)) for each in lengths]
        fields["extras"].choices = [(code, str(space)) for code, space in self.offered.items()]
        if not self.offered:
            del self.fields["extras"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("every") and not said.get("until"):
            self.add_error("until", _("Say until when it repeats."))
        return said

    @property
    def repeats(self) -> bool:
        return bool(self.cleaned_data["every"])

    def spans(self) -> list[tuple[datetime, datetime]]:
        """Each time of a series. Raises InvalidInput for too many."""
        said = self.cleaned_data
        at = time.fromisoformat(said["start"])
        return spans(self.day, at, said["minutes"], every_days=said["every"], until=said["until"])

    def chosen_extras(self) -> list[Space]:
        return [self.offered[code] for code in self.cleaned_data.get("extras", [])]

    def said(self) -> dict[str, Any]:
        """The operation's arguments."""
        said = self.cleaned_data
        start = moment(self.day, time.fromisoformat(said["start"]))
        return {
            "start": start,
            "end": start + timedelta(minutes=said["minutes"]),
            "purpose": said["purpose"],
            "extras": self.chosen_extras(),
        }


class MoveForm(forms.Form):
    """Another time for a booking."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    start = forms.TimeField(
        label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.TypedChoiceField(label=pgettext_lazy("booking", "How long"), coerce=int)

    def __init__(self, *args: Any, rule: BookingRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        lengths = range(rule.least_minutes, rule.most_minutes + 1, rule.slot_minutes)
        fields["minutes"].choices = [(each, length(each)) for each in lengths]

    def said(self) -> dict[str, Any]:
        start = moment(self.cleaned_data["day"], self.cleaned_data["start"])
        return {"start": start, "end": start + timedelta(minutes=self.cleaned_data["minutes"])}


class FeedForm(forms.Form):
    """Whose calendar: one's own, or that of a space."""

    of = forms.ChoiceField(label=_("Calendar of"), required=False)

    def __init__(self, *args: Any, spaces: list[Space], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {space.code: space for space in spaces}
        fields: Any = self.fields
        known = [(code, str(space)) for code, space in self.offered.items()]
        fields["of"].choices = [("", _("What I have booked")), *known]

    def space(self) -> Space | None:
        return self.offered.get(self.cleaned_data["of"])


class StudioCardForm(forms.ModelForm):
    """The card of a live session."""

    target_zone = forms.ChoiceField(label=_("Country and time of the audience"), choices=ZONES)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    class Meta:
        model = StudioCard
        fields = [
            *("platform", "shop_account", "target_zone", "language", "presenter_kind"),
            *("presenter", "goods", "samples", "backdrop", "uplink_mbps", "is_recorded"),
        ]
        widgets = {"goods": forms.Textarea(attrs={"rows": 4})}


def moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def starts(rule: BookingRule, day: date, now: datetime) -> list[datetime]:
    """The moments of a day at which something can still begin; none on a day that is closed."""
    if day.isoweekday() not in rule.opens_on:
        return []
    at, last = moment(day, rule.opens_at), moment(day, rule.closes_at)
    slot, least = timedelta(minutes=rule.slot_minutes), timedelta(minutes=rule.least_minutes)
    found = []
    while at + least <= last:
        if at >= now:
            found.append(at)
        at += slot
    return found


def length(minutes: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
