"""Who may review an application: the park's people without an interest in the outcome."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from residency.models import Application, Review
from tenants.models import Membership, Tenant, User


def park_people(tenant_id: int) -> QuerySet[User]:
    """Staff who can sign in and belong to the park's operator."""
    here = Membership.objects.current().filter(user=OuterRef("pk"), tenant_id=tenant_id)
    return User.objects.filter(Exists(here), is_staff=True, is_active=True).order_by("full_name")


def with_interest(application: Application) -> QuerySet[User]:
    """People who belong to the applicant: its members, and whoever it gave as its contact.

    An applicant is known as an organisation once it was admitted, and before by its registration
    number where it was in the park already.
    """
    known = Q(applications=application)
    if application.registration_number:
        known |= Q(country=application.country, registration_number=application.registration_number)
    theirs = Membership.objects.current().filter(
        user=OuterRef("pk"), tenant__in=Tenant.objects.filter(known)
    )
    return User.objects.filter(
        Q(Exists(theirs)) | Q(email__iexact=application.contact_email) & ~Q(email="")
    )


def candidates(application: Application) -> QuerySet[User]:
    """Who can still be asked. Whoever checked the documents may be: that is no interest."""
    asked = Review.objects.filter(application=application).values("reviewer")
    return (
        park_people(application.tenant_id)
        .exclude(pk__in=asked)
        .exclude(pk__in=with_interest(application).values("pk"))
    )


def has_conflict(application: Application, user_id: int | None) -> bool:
    """An interest that follows from who they are, or one that they declared."""
    declared = Review.objects.filter(application=application, reviewer_id=user_id)
    return (
        declared.exclude(conflict="").exists()
        or with_interest(application).filter(pk__in=[user_id]).exists()
    )
