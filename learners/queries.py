"""Reads of the register: the list with its filters and pages, what stands beside a learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from backbone.models import RetentionRule
from backbone.paging import Page
from foundation.actors import Actor
from foundation.refs import pk_of, ref_of
from learners.models import Learner, LearnerState
from learners.permissions import permissions
from learners.registries import CONTACTS
from tenants.isolation.context import as_public, as_system
from tenants.kinds import TenantKind
from tenants.models import Tenant

PAGE_ROWS = 50
CURSOR = "learner cursor"


@dataclass(frozen=True, slots=True)
class LearnerFilter:
    """Empty values narrow nothing. ``consent``: ``given``, ``none`` or ``withdrawn``."""

    q: str = ""
    programme: str = ""
    entry_year: int | None = None
    state: str = LearnerState.ACTIVE
    consent: str = ""


CONSENTS = {
    "given": Q(consented=True),
    "none": Q(consented=False),
    "withdrawn": Q(consented=False, withdrew=True),
}


def filtered(actor: Actor, wanted: LearnerFilter) -> QuerySet[Learner]:
    """All learners that match, unordered: for pages, counts and exports.

    Whoever sees names masked finds nobody by name or mobile: a search would tell what the
    mask hides. Raises NotPermitted.
    """
    permissions.require(actor, "see_learners")
    found = Learner.objects.visible_to(actor).with_consent()
    plain = {
        "programme": wanted.programme,
        "entry_year": wanted.entry_year,
        "state": wanted.state,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.consent:
        found = found.filter(CONSENTS[wanted.consent])
    if q := " ".join(wanted.q.split()):
        found = found.filter(_matches(q, permissions.permits(actor, "see_personal_data")))
    return found


def _matches(q: str, is_full: bool) -> Q:
    by_number = Q(number__startswith=q.upper())
    if not is_full:
        return by_number
    return by_number | Q(name__icontains=q) | Q(latin_name__icontains=q) | Q(mobile__startswith=q)


def learners_page(actor: Actor, wanted: LearnerFilter, query: Mapping[str, str]) -> Page:
    """By student number, page by page; a cursor that cannot be shows the first page."""
    found = filtered(actor, wanted)
    after, before = _number(actor, query, "after"), _number(actor, query, "before")
    if before:
        rows = list(found.filter(number__lt=before).order_by("-number")[: PAGE_ROWS + 1])
        return _page(rows[:PAGE_ROWS][::-1], newer=len(rows) > PAGE_ROWS, older=True)
    if after:
        found = found.filter(number__gt=after)
    rows = list(found.order_by("number")[: PAGE_ROWS + 1])
    return _page(rows[:PAGE_ROWS], newer=bool(after), older=len(rows) > PAGE_ROWS)


def _page(rows: list[Learner], *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], None, None)
    first, last = ref_of(rows[0].pk, CURSOR), ref_of(rows[-1].pk, CURSOR)
    return Page(rows, first if newer else None, last if older else None)


def _number(actor: Actor, query: Mapping[str, str], name: str) -> str:
    """The number of the learner that a cursor names, "" for none."""
    try:
        pk = pk_of(query.get(name, ""), CURSOR)
    except ValueError:
        return ""
    own = Learner.objects.visible_to(actor).filter(pk=pk)
    return own.values_list("number", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    programmes: list[str]
    years: list[int]


def choices(actor: Actor) -> Choices:
    own = Learner.objects.visible_to(actor).order_by()
    return Choices(
        sorted(set(own.exclude(programme="").values_list("programme", flat=True).distinct())),
        sorted(set(own.values_list("entry_year", flat=True).distinct()), reverse=True),
    )


def namesakes(actor: Actor, learner: Learner) -> list[Learner]:
    """Others of the same name and mobile number: perhaps one person with two numbers."""
    if not learner.mobile:
        return []
    own = Learner.objects.visible_to(actor).filter(name=learner.name, mobile=learner.mobile)
    return list(own.exclude(pk=learner.pk).order_by("number")[:5])


def contact_days(today: date) -> int | None:
    """For how many days after leaving contact data is kept; None while the park has no rule.

    The rule is the park's and the same for everybody, so it is read across organisations.
    """
    with as_system():
        rule = RetentionRule.objects.in_force(today).filter(data=CONTACTS).first()
    return rule.days if rule else None


def park_name() -> str:
    """The operator's name, which stands on public pages."""
    with as_public():
        park = Tenant.objects.only("name", "name_en").filter(kind=TenantKind.OPERATOR).first()
    return park.display_name if park else ""
