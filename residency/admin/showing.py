"""What the page of an application shows of it beside its columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import get_language, gettext

from backbone.sentences import for_reader
from foundation import countries
from foundation.errors import Sentence
from residency import links
from residency.application_form import SECTIONS, ApplicationForm, asked
from residency.checklist import lines_of
from residency.kinds import questions_of
from residency.models import Application, ApplicationState
from residency.queries import history_of


def facts_of(application: Application, now: datetime) -> dict[str, Any]:
    """Its answers by section, its documents with links, what the rules said, how it came here."""
    return {
        "answers": answers_of(application),
        "lines": lines_of(application, now),
        "park": application.tenant.slug,
        "findings": [
            each | {"said": for_reader(each["sentence"])} for each in application.findings
        ],
        "events": history_of(application),
        "reminder": reminder_of(application, now),
        "lead_url": application.lead_id
        and reverse("admin:residency_lead_change", args=[application.lead_id]),
    }


def answers_of(application: Application) -> list[tuple[Sentence, list[tuple[Sentence, str]]]]:
    """Sections with what was said: judged values once submitted, words as typed before."""
    fields = ApplicationForm(application, asked(application), strict=False).fields
    return [
        (
            title,
            [
                (fields[name].label or "", _said(application, name, fields[name]))
                for name in asked(application, code)
            ],
        )
        for code, (title, _names) in SECTIONS.items()
    ]


def _said(application: Application, name: str, field: Any) -> str:
    if application.submitted_at is None:
        return _written(application.draft.get(name), field, name)
    codes = {q.field: q.code for q in questions_of(application.kind, application.form_version)}
    value = application.details.get(codes[name]) if name in codes else getattr(application, name)
    return _written(value, field, name)


def _written(value: Any, field: Any, name: str) -> str:
    if value in (None, "", []):
        return "--"
    if isinstance(value, bool) or value == "on":
        return gettext("Yes") if value else gettext("No")
    choices = {str(code): str(label) for code, label in getattr(field, "choices", [])}
    words = value if isinstance(value, list) else [value]
    if name == "countries":
        choices = {
            c: countries.name(c, get_language() or "en") for c in words if c in countries.CODES
        }
    return ", ".join(choices.get(str(word)) or localize(word) for word in words)


def reminder_of(application: Application, now: datetime) -> str:
    """A text for WeChat while the applicant has to do something, empty otherwise."""
    if application.state == ApplicationState.RETURNED and application.returned_at:
        words = gettext(
            "Your application %(number)s to move into the park waits for you since %(day)s. "
            "What to complete: %(note)s. Open it here: %(link)s"
        )
        return words % {
            "number": application.number,
            "day": timezone.localdate(application.returned_at),
            "note": application.return_note.rstrip("。. "),
            "link": links.address_of(application),
        }
    if application.state == ApplicationState.APPLYING:
        words = gettext(
            "Your application %(number)s to move into the park is not submitted yet. Go on "
            "here: %(link)s"
        )
        return words % {"number": application.number, "link": links.address_of(application)}
    return ""
