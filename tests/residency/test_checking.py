"""The park's check: every step from every state in every role, marks, the clock, the letters."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from backbone.models import Document
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import AdmissionRule, Application, ApplicationState
from residency.operations import checking
from residency.operations.applying import submit_application
from residency.permissions import permissions
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role
from tests.residency.conftest import PDF, paper_of, reload

pytestmark = pytest.mark.slow

S = ApplicationState
OPEN = [state for state in S.values if state not in (S.RESIDENT, S.REJECTED, S.LOST)]
TAKEN = [state for state in OPEN if state not in (S.APPLYING, S.SUBMITTED)]
# Step, what it asks, from which states, to which; "" stays where it is.
STEPS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "take_application": ({}, [S.SUBMITTED], S.CHECKING),
    "mark_documents": ({"marks": {}}, [S.CHECKING], ""),
    "return_application": ({"note": "The stamp."}, [S.SUBMITTED, S.CHECKING], S.RETURNED),
    "close_unanswered": ({"reason": "Silence."}, [S.RETURNED], S.LOST),
    "hand_over_application": ({}, TAKEN, ""),
    "send_link_again": ({}, OPEN, ""),
    "decline_unreviewed": ({"reason": "Not our trade."}, [S.CHECKING], S.REJECTED),
}


def put(as_staff, application, staff, state):
    """The application in a state, with what the table asks of it."""
    values = {"state": state, "handler": staff.user, "findings": [], "closed_at": None}
    values |= {"returned_at": timezone.now() if state == S.RETURNED else None}
    values |= {"return_note": "The stamp.", "decided_by": staff.user, "decided_at": timezone.now()}
    values |= {"organisation_id": staff.tenant_id, "closing_reason": "", "decision_reason": ""}

    def write(**_more):
        Application.objects.filter(pk=application.pk).update(**values)

    as_staff(write)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state_in_every_role(submitted, as_staff, staff, step):
    application = submitted()
    values, states, to = STEPS[step]
    checks = permissions.actions["check_applications"]
    decides = permissions.actions["decide"]
    if step == "hand_over_application":
        values = {"handler_id": staff.user_id}
    for state, role in product(S.values, Role.values):
        put(as_staff, application, staff, state)
        before = reload(application)
        try:
            as_staff(getattr(checking, step), role=role, application=application, **values)
            ended = reload(application).state
        except DomainError as error:
            ended = type(error)
        may = f"staff:{role}" in checks
        # What misses no rule is declined by whoever decides alone.
        enough = f"staff:{role}" in (decides if step == "decline_unreviewed" else checks)
        if may and state in states and enough:
            assert ended == (to or state), (step, state, role)
            continue
        wrong = WrongState if may and state not in states else NotPermitted
        assert ended is wrong, (step, state, role)
        assert vars(reload(application)) | {"_state": 0} == vars(before) | {"_state": 0}


# -- marks -----------------------------------------------------------------------------------------


def marks(application, as_staff, mark, reason=""):
    (row,) = as_staff(lambda **_more: list(application.documents.all()))
    as_staff(checking.mark_documents, application=application, marks={row.pk: (mark, reason)})
    return reload(row)


def test_a_mark_keeps_who_made_it_and_a_fault_its_reason(submitted, as_staff, staff):
    taken = as_staff(checking.take_application, application=submitted())
    row = marks(taken, as_staff, "complete", "no reason is kept")
    assert (row.mark, row.reason, row.marked_by_id) == ("complete", "", staff.user_id)
    row = marks(taken, as_staff, "invalid", "Out of date.")
    assert (row.mark, row.reason) == ("invalid", "Out of date.")


@pytest.mark.parametrize("mark", ["missing", "invalid"])
def test_a_fault_without_a_reason_is_refused(submitted, as_staff, mark):
    taken = as_staff(checking.take_application, application=submitted())
    with pytest.raises(DomainError) as refused:
        marks(taken, as_staff, mark)
    assert refused.value.code == "application_document_mark_has_reason"
    (row,) = as_staff(lambda **_more: list(taken.documents.all()))
    assert row.mark == "unchecked"


# -- returned and back -----------------------------------------------------------------------------


def test_while_it_is_returned_the_clock_stands_still(
    submitted, as_staff, applicant, client, paper, letters
):
    taken = as_staff(checking.take_application, application=submitted())
    due, now = taken.due_at, timezone.now()
    marks(taken, as_staff, "invalid", "Out of date.")
    as_staff(
        checking.return_application,
        application=taken,
        note="A newer licence.",
        now=now - timedelta(days=4),
    )
    (mail,) = [mail for mail in letters() if "A newer licence." in mail.body]
    assert "Business licence (Not valid): Out of date." in mail.body
    with enter_tenant(applicant.tenant_id), pytest.raises(InvalidInput) as refused:
        submit_application(actor=applicant, now=now, application=taken)
    assert refused.value.code == "documents_missing"
    client.post(paper_of(taken, paper), {"file": PDF("newer.pdf")})
    with enter_tenant(applicant.tenant_id):
        again = submit_application(actor=applicant, now=now, application=taken)
    assert timedelta(days=4) <= again.due_at - due < timedelta(days=4, seconds=60)
    assert (again.state, again.returned_at, again.return_note) == ("submitted", None, "")
    assert again.handler_id == taken.handler_id
    assert any("submitted again" in mail.subject for mail in letters())


def test_a_return_without_a_word_is_refused(submitted, as_staff):
    application = submitted()
    with pytest.raises(InvalidInput):
        as_staff(checking.return_application, application=application, note=" ")
    assert reload(application).state == "submitted"


# -- admission rules -------------------------------------------------------------------------------


def test_whoever_checks_declines_what_misses_a_blocking_rule(submitted, as_staff, park, letters):
    with enter_tenant(park.pk):
        AdmissionRule.objects.create(
            tenant=park, kind="exporter", code="headcount_at_least", figure=100,
            starts_on=timezone.localdate(), source="Park rules",
        )  # fmt: skip
    taken = as_staff(checking.take_application, role="operations", application=submitted())
    assert [each["met"] for each in taken.findings] == [False]
    declined = as_staff(
        checking.decline_unreviewed, role="operations", application=taken, reason="Too small yet."
    )
    assert declined.state == "rejected"
    assert "Too small yet." in letters()[-1].body
    lead = reload(declined.lead)
    assert (lead.state, lead.lost_reason) == ("lost", "not_eligible")


# -- files -----------------------------------------------------------------------------------------


def test_a_newer_file_takes_the_place_of_the_older(begin, client, paper, park):
    application = begin()
    for name in ("first.pdf", "second.pdf"):
        client.post(paper_of(application, paper), {"file": PDF(name)})
    with enter_tenant(park.pk):
        (document,) = Document.objects.all()
        assert (document.name, document.purpose) == ("second.pdf", "residency.application")
        assert document.path.exists()
    answer = client.get(paper_of(application, paper) + "file/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    client.post(paper_of(application, paper) + "removal/")
    with enter_tenant(park.pk):
        assert not Document.objects.exists()


def test_staff_open_the_file_and_another_organisation_does_not(
    submitted, client, sign_in, staff, owner
):
    submitted()
    with enter_tenant(staff.tenant_id):
        document = Document.objects.get()
    from django.urls import reverse

    there = reverse("backbone:file", kwargs={"tenant": "park", "pk": document.pk})
    assert sign_in(staff).get(there).status_code == 200
    assert sign_in(owner).get(there).status_code == 404


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "empty"), (b"MZ\x00\x01not a paper", "PDF"), (b"a,b\n", "PDF")]
)
def test_what_is_no_document_is_refused_and_leaves_nothing(
    begin, client, paper, park, content, why
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    application = begin(language="en")
    sent = SimpleUploadedFile("licence.pdf", content)
    answer = client.post(
        paper_of(application, paper), {"file": sent}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 422
    assert why in answer.content.decode()
    with enter_tenant(park.pk):
        assert not Document.objects.exists()


def test_a_document_of_another_kind_is_not_taken(begin, client, paper):
    answer = client.post(paper_of(begin("provider"), paper), {"file": PDF()})
    assert answer.status_code == 404
