"""Filters of the backbone's lists."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.models.jobs import JobState


class JobFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *JobState.choices]
    )


class MailFilter(forms.Form):
    q = forms.CharField(label=_("Address or subject"), required=False, max_length=200)
