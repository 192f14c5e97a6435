"""Figures about work in the background, read from the database when Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import REGISTRY, Collector

from backbone.heartbeat import seconds_since_beat
from backbone.models import Job, OutboxMessage
from tenants.isolation.context import as_system


class BackboneCollector(Collector):
    """One query for the jobs, one for the outbox; every web process answers the same."""

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        with as_system():
            yield from _jobs()
            yield from _outbox()
        silence = seconds_since_beat()
        if silence is not None:
            yield GaugeMetricFamily(
                "portal_worker_silence_seconds", "Since a worker last answered", silence
            )


def register() -> None:
    REGISTRY.register(BackboneCollector())


def _jobs() -> Iterator[Metric]:
    found = Job.objects.filter(state__in=["queued", "running"]).aggregate(
        queued=Count("pk", filter=Q(state="queued")),
        running=Count("pk", filter=Q(state="running")),
        oldest=Min("queued_at", filter=Q(state="queued")),
    )
    states = GaugeMetricFamily("portal_jobs", "Unfinished jobs", labels=["state"])
    for state in ("queued", "running"):
        states.add_metric([state], found[state])
    yield states
    yield GaugeMetricFamily(
        "portal_queue_age_seconds", "How long the oldest queued job waits", _age(found["oldest"])
    )


def _outbox() -> Iterator[Metric]:
    messages = OutboxMessage.objects.filter(done_at=None).aggregate(
        waiting=Count("pk", filter=Q(given_up_at=None)),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
        oldest=Min("created_at", filter=Q(given_up_at=None)),
    )
    yield GaugeMetricFamily("portal_outbox_waiting", "Messages on their way", messages["waiting"])
    yield GaugeMetricFamily("portal_outbox_given_up", "Messages given up", messages["given_up"])
    yield GaugeMetricFamily(
        "portal_outbox_lag_seconds",
        "Age of the oldest message on its way",
        _age(messages["oldest"]),
    )


def _age(moment: datetime | None) -> float:
    return max((timezone.now() - moment).total_seconds(), 0.0) if moment else 0.0
