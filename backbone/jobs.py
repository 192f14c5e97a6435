"""Kinds of jobs: each app registers what it can do in the background.

    register("trade.import", run_import, label=_("Order import"), result_url=import_page)

``handler(job, reporter)`` runs in a worker with no transaction open. It opens its own with
``job.enter()``, tells the reporter how far it is, and returns a dictionary that becomes
``job.result``. It can run twice, the second time after a worker that was killed: whatever it
commits must be harmless to repeat. A DomainError ends the job as failed with its sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foundation.errors import Sentence

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter

Handler = Callable[["Job", "Reporter"], "dict[str, Any] | None"]


class JobCancelled(Exception):
    """Somebody asked the running job to stop; raised by ``Reporter.check``."""


class UnknownKind(LookupError):
    """No app registered this kind of job or message."""


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    handler: Handler
    label: Sentence
    # The page with the result of a finished job (``job.tenant`` is loaded); "" for none.
    result_url: Callable[[Job], str]
    # Runs even when the organisation has left the park.
    after_leaving: bool = False


_kinds: dict[str, JobKind] = {}


def register(
    kind: str,
    handler: Handler,
    *,
    label: Sentence,
    result_url: Callable[[Job], str] = lambda job: "",
    after_leaving: bool = False,
) -> None:
    """Make a kind of job known; called once by each app, in ``AppConfig.ready``.

    ``after_leaving`` is for jobs that an organisation may run when it has left the park.
    """
    _kinds[kind] = JobKind(kind, handler, label, result_url, after_leaving)


def registered(kind: str) -> JobKind:
    """Raises UnknownKind when no app registered it."""
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def runs_after_leaving(kind: str) -> bool:
    return kind in _kinds and _kinds[kind].after_leaving


def kinds_after_leaving() -> list[str]:
    return [kind.name for kind in _kinds.values() if kind.after_leaving]


def label_of(kind: str) -> Sentence:
    """The kind's name for people; the kind itself when its app is gone."""
    return _kinds[kind].label if kind in _kinds else kind
