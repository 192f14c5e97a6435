"""The organisation's stay in the park: dates, what is to be done, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from residency.models import Stay, Task
from residency.permissions import permissions
from residency.presentation import tone_of_stay
from residency.tasks import kind_of


@dataclass(frozen=True, slots=True)
class ShownTask:
    task: Task
    is_theirs: bool
    url: str
    late: bool


@require_safe
def stay(request: Any) -> HttpResponse:
    """The newest stay, present or over; everybody of the organisation may know."""
    visible = Stay.objects.visible_to(request.actor).select_related("contact")
    own = visible.order_by("-starts_on", "-pk").first()
    today = timezone.localdate()
    context: dict[str, Any] = {"stay": own}
    if own is not None:
        days = (own.ends_on - today).days
        context |= {
            "tone": tone_of_stay(own, today),
            "days": days,
            "days_over": -days,
            "tasks": [_shown(task, request) for task in own.tasks.all()],
            "extensions": own.extensions.all(),
            "may_read_agreements": permissions.permits(request.actor, "read_agreements"),
        }
    return render(request, "residency/stay.html", context)


def _shown(task: Task, request: Any) -> ShownTask:
    kind = kind_of(task.code)
    where = kind.to if kind else None
    late = task.closed_at is None and task.due_on < timezone.localdate()
    url = ""
    if where is not None and task.closed_at is None:
        url = reverse(where.view, kwargs={"tenant": request.tenant.slug, **where.arguments})
    return ShownTask(task, kind is not None and not kind.is_by_hand, url, late)
