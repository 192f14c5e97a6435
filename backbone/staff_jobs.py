"""How far a job is, on the page of the staff site that it works for."""

from __future__ import annotations

from django.http import HttpResponse

from backbone.models import Job
from foundation.money import NOTHING

SECONDS_UNTIL_SHOWN_AGAIN = 3


def progress_of(job: Job | None) -> str:
    """Its state, its share in per cent once that is known, and why it failed."""
    if job is None:
        return NOTHING
    share = "" if job.percent is None else f"{job.percent} %"
    return " ".join(filter(None, [str(job.get_state_display()), share, job.reason]))


def shown_again(answer: HttpResponse) -> HttpResponse:
    """The page loads itself anew in a moment: something is at work."""
    answer.headers["Refresh"] = str(SECONDS_UNTIL_SHOWN_AGAIN)
    return answer
