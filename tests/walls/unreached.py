"""Routes that the access matrix does not get through, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

# Pattern of route names to the reason; one that fits nothing any more fails the test.
ROUTES: dict[str, str] = {
    "api/v1/*": "calls of programs, tried one by one with keys",
    "metrics": "for the scraper with its token only",
    "accounts/2fa/webauthn/keys/*": "the library's numbered addresses lead nowhere",
    "tenants:session_ending": "a session of one's own, tests/tenants/test_sessions.py",
    "apply:*": "the link is the ticket, tests/residency/test_applying.py and test_drafts.py",
    "invitation": "the link is the ticket, tests/members/test_link.py",
    "billing:statement_file": "names a kind of file, tests/billing/test_pages.py",
    "billing:fapiao_withdrawal": "of a request that is open, tests/billing/test_fapiao.py",
    "door*": "the code at the door is the ticket, tests/offices/test_links.py",
    "offices:at_door": "the code at the door is the ticket, tests/offices/test_links.py",
    "booking_feed": "the address is the ticket, tests/offices/test_links.py",
    "own_certificate*": "the link is the ticket, tests/certificates/test_verifying.py",
    "verify_number": "the number is the ticket, tests/certificates/test_verifying.py",
    "training_check_in": "the code on the screen is the ticket, tests/training/test_attendance_pages.py",
    "training_seat": "the link is the ticket, tests/training/test_attendance_pages.py",
    "training_feedback": "the link is the ticket, tests/training/test_attendance_pages.py",
    "training_guest*": "the link is the ticket, tests/training/test_guests.py",
    "admin:event_guest": "the code of a guest is scanned, tests/training/test_door.py",
    "admin:attendance_history": "of a seat and a date together, tests/training/test_attendance_pages.py",
    "training:list_wrong": "takes what the page has signed, tests/training/test_lists.py",
    "admin:results_recording": "takes what the page has signed, tests/training/test_results_file.py",
    "training:list_seats": "for universities alone, tests/training/test_lists.py",
    "training:seats": "names one of a few lists, tests/training/test_pages.py",
    "training:ticked": "names what is done with seats, tests/training/test_pages.py",
    "learner_*": "the link is the ticket, tests/learners/test_consent.py",
    "admin:*_step": "names a step; every step in every role stands in each app's own tests",
    "linked_file": "the link is the ticket, tests/walls/test_signed_links.py",
    "mailbox:mail": "the demo's mailbox, which production has not",
    "admin:staff_file": "no file of an organisation but those that both sides hold, tests/residency",
    "admin:login": "one door for everybody: accounts/login/",
    "admin:autocomplete": "answers boxes that search, with their field only",
    "admin:view_on_site": "no model of ours has a page of that kind",
    "admin:*_add": "nobody writes these by hand",
    "admin:*_delete": "nothing is deleted by hand",
    "admin:auth_group_*": "groups are not used; the permission tables of the apps are",
    "admin:account_emailaddress_*": "a library's model, open to nobody",
    "admin:mfa_authenticator_*": "a library's model, open to nobody",
    "admin:usersessions_usersession_*": "a library's model, open to nobody",
    "staff/*": "the admin's old addresses, which lead to the new ones, and its 404",
}


def reason(name: str) -> str:
    return next((why for pattern, why in ROUTES.items() if fnmatchcase(name, pattern)), "")


def fits(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)
