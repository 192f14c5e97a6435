"""Steps of an accepted application: the agreement is prepared, the applicant moves in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepForm, day_input
from residency.admin.agreement_steps import TEXT
from residency.admin.stays import park_people
from residency.kinds import BECOMES
from residency.models import Agreement, ApplicationState
from residency.operations import contracting
from residency.operations.admitting import admitting_kind
from residency.slugs import propose_slug
from residency.spans import DAY, add_months
from tenants.models import SLUG, User

MONTHS = 12


class AgreementForm(StepForm):
    """Names and text of the draft, proposed from the application; all of it can be changed."""

    slug = forms.CharField(
        label=capfirst(_("short address")),
        max_length=60,
        validators=[SLUG],
        help_text=_("Stands in the address of the organisation's pages and never changes."),
    )

    def prepare(self) -> None:
        known = contracting.existing_organisation(self.row)
        self.take_fields(self._proposal(), TEXT)
        if known is not None:
            # A name that is there already is not asked for again.
            del self.fields["slug"]
            return
        self.initial["slug"] = propose_slug(name_en=self.row.name_en, email=self.row.contact_email)

    def _proposal(self) -> Agreement:
        starts_on = contracting.proposed_start(self.row, self.now)
        kind = admitting_kind(BECOMES[self.row.kind])
        draft = Agreement(
            kind=kind, starts_on=starts_on, ends_on=add_months(starts_on, MONTHS) - DAY
        )
        with override("zh-hans"):
            draft.title = f"{self.row.name} {draft.get_kind_display()}"
            draft.scope = gettext(
                "The park gives the organisation space and services in the park; the "
                "organisation works there as it applied to: %(business)s"
            ) % {"business": self.row.business_scope}
        with override("en"):
            draft.title_en = f"{self.row.name_en or self.row.name}: {draft.get_kind_display()}"
            draft.scope_en = gettext(
                "The park gives the organisation space and services in the park; the "
                "organisation works there as it applied to: %(business)s"
            ) % {"business": self.row.business_scope}
        return draft

    def operate(self) -> Any:
        values = {"slug": "", **self.cleaned_data}
        made = contracting.prepare_agreement(
            actor=self.actor, now=self.now, application=self.row, **values
        )
        self.leads_to = reverse("admin:residency_agreement_change", args=[made.pk])
        return made


class MoveInForm(StepForm):
    starts_on = forms.DateField(label=_("First day in the park"), widget=day_input())
    contact = forms.ModelChoiceField(
        User.objects.none(), label=capfirst(_("looked after by")), required=False
    )
    done = _("The organisation is in the park; the tasks of settling in are open.")

    def prepare(self) -> None:
        self.fields["contact"].queryset = park_people()  # type: ignore[attr-defined]
        self.initial["starts_on"] = contracting.proposed_start(self.row, self.now)
        self.initial["contact"] = self.actor.user_id

    def operate(self) -> Any:
        stay = contracting.move_in(
            actor=self.actor, now=self.now, application=self.row, **self.cleaned_data
        )
        self.leads_to = reverse("admin:residency_stay_change", args=[stay.pk])
        return stay


STEPS = [
    Step(
        "agreement", _("Prepare the agreement"), AgreementForm, "manage_agreements",
        frozenset({ApplicationState.OFFERED}), primary=True,
        note=_("The applicant becomes an organisation and its contact person is invited as owner."),
    ),
    Step(
        "moving-in", _("Moves in"), MoveInForm, "manage_stays",
        frozenset({ApplicationState.SIGNED}), primary=True,
        note=_("The stay begins and lasts as long as the agreement that is signed."),
    ),
]  # fmt: skip
