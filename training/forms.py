"""The shape of what is said when seats are booked; what may be booked say rules and room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from foundation.refs import pk_of, ref_of
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from training.models import FundingLine, PartyRule, Seat
from training.operations.booking import MOST
from training.queries import learners_by_number, not_in_register
from training.rules import Person

# Student numbers are separated by whatever people put between them.
BETWEEN = re.compile(r"[\s,;，；、]+")


class PeopleField(forms.CharField):
    """Student numbers, one per line; becomes learners of the organisation, in their order."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, *, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(max_length=40_000, **kwargs)
        self.tenant = tenant

    def clean(self, value: Any) -> Any:
        numbers = [each.upper() for each in BETWEEN.split(super().clean(value)) if each]
        found, unknown = learners_by_number(self.tenant.pk, dict.fromkeys(numbers))
        if unknown:
            raise forms.ValidationError(not_in_register(unknown))
        return found


class MembersField(forms.MultipleChoiceField):
    """Members of the organisation; becomes their memberships."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, tenant: Tenant, **kwargs: Any) -> None:
        own = Membership.objects.current().filter(tenant=tenant).select_related("user")
        self.known = {ref_of(m.pk, "membership"): m for m in own.order_by("user__username")}
        choices = [(ref, str(m.user)) for ref, m in self.known.items()]
        super().__init__(choices=choices, **kwargs)

    def clean(self, value: Any) -> Any:
        return [self.known[ref] for ref in super().clean(value)]


def people_field(tenant: Tenant, **kwargs: Any) -> forms.Field:
    if tenant.kind == TenantKind.UNIVERSITY:
        return PeopleField(
            tenant=tenant,
            label=_("Student numbers"),
            help_text=_("One per line. The people are in your register."),
            **kwargs,
        )
    return MembersField(tenant=tenant, label=_("People of your organisation"), **kwargs)


class BookForm(forms.Form):
    blanks = forms.IntegerField(
        label=_("Blank seats"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("Held for you until the session's moment; you name them later."),
    )
    party_rule = forms.ChoiceField(
        label=_("If there are not enough"),
        choices=[
            ("", _("Book nothing and tell me")),
            (PartyRule.ANY, _("Book what there is, the rest waits")),
            (PartyRule.ALL_OR_NONE, _("All of them wait until there are enough")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, tenant: Tenant, lines: list[FundingLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields
        people = people_field(tenant, required=False)
        self.fields = {"people": people, **own}
        self.lines = {ref_of(line.pk, "funding_line"): line for line in lines}
        if lines:
            choices = [("", _("None"))] + [(ref, str(line)) for ref, line in self.lines.items()]
            self.fields["funding_line"] = forms.ChoiceField(
                label=_("Funding line"), choices=choices, required=False
            )

    def said(self) -> dict[str, Any]:
        """For ``operations.book``."""
        rule = self.cleaned_data["party_rule"]
        return {
            "people": self.cleaned_data["people"],
            "blanks": self.cleaned_data["blanks"] or 0,
            "party_rule": rule,
            "waits": bool(rule),
            "funding_line": self.lines.get(self.cleaned_data.get("funding_line", "")),
        }


class NamesForm(forms.Form):
    """Names for blank seats, in their order."""

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = people_field(tenant)


class ListForm(forms.Form):
    """A file with student numbers."""

    file = forms.FileField(
        label=_("List of people"),
        help_text=_(
            "CSV or XLSX, at most 1,000 rows and 5 MB. The first row names the columns; one of "
            "them is the student number, and where there are names they are compared."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
        max_length=400,
    )


class SeatListForm(forms.Form):
    """What the page of the list sends back: the numbers of its good rows."""

    waits = forms.BooleanField(label=_("Who gets no seat goes on the waiting list"), required=False)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = PeopleField(tenant=tenant, widget=forms.HiddenInput)


class NameForm(forms.Form):
    """One seat and the person who is to have it."""

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_university = tenant.kind == TenantKind.UNIVERSITY
        if self.is_university:
            number = PeopleField(tenant=tenant, label=_("Student number"), widget=forms.TextInput)
            self.fields["person"] = number
        else:
            self.fields["person"] = people_field(tenant)

    def clean_person(self) -> Person:
        people = self.cleaned_data["person"]
        if len(people) != 1:
            raise forms.ValidationError(_("Choose one person."))
        return people[0]


class SeatsForm(forms.Form):
    """Seats that were ticked on a page, and a reason where one is asked for."""

    reason = forms.CharField(label=pgettext_lazy("seat", "Reason"), max_length=500, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.keys = _keys(data.getlist("seat"))

    def chosen(self, actor: Actor) -> list[Seat]:
        own = Seat.objects.visible_to(actor).filter(pk__in=self.keys)
        return list(own.select_related("session__course", "learner", "membership__user"))


def _keys(refs: Iterable[str]) -> list[int]:
    found = []
    for ref in refs:
        try:
            found.append(pk_of(ref, "seat"))
        except ValueError:
            continue
    return found
