"""How a form is filled in so that the portal takes it, and which forms nobody can fill in here."""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import timedelta

from django.utils import timezone

from learners.models import Learner
from spaces.models import Floor, Space, SpaceType
from tenants.demo import PASSWORD
from tenants.isolation.context import STAFF, Identity, enter
from tests.banking.making import camt, fact
from tests.browser.small_park import OWNER, STAFF_MEMBER, SmallPark
from tests.hostile.page import CSRF, Control, Form
from tests.hostile.walk import Door
from trade.wizard.samples import sample_csv
from training.models import Course

Value = str | Callable[[SmallPark], str]
ROSTER = "学号,姓名,专业,年级\n20260001,王小明,物流管理,2026\n".encode()
RESULTS = "学号,合格,成绩\n20260001,是,90\n".encode()
PAPER = ("paper.pdf", b"%PDF-1.7 a paper")
NEW_PASSWORD = "a longer sentence about ducks"  # noqa: S105

# By name of the field, wherever it stands.
BY_NAME: dict[str, Value] = {
    "login": "owner",
    "password": PASSWORD,
    "oldpassword": PASSWORD,
    "old_password": PASSWORD,
    "password1": NEW_PASSWORD,
    "password2": NEW_PASSWORD,
    "new_password1": NEW_PASSWORD,
    "new_password2": NEW_PASSWORD,
    "again": NEW_PASSWORD,
    "starts_on": lambda park: timezone.localdate(park.now).isoformat(),
    "ends_on": lambda park: timezone.localdate(park.now).replace(month=12, day=31).isoformat(),
    "leaves_on": lambda park: _in_days(park, 60),
    "next_follow_up_on": lambda park: _in_days(park, 7),
    "next_on": lambda park: _in_days(park, 7),
    "opened_on": "2020-05-17",
    "country": "CN",
    "registration_number": "",
    "mobile": "+86 138 0000 1234",
    "entry_year": lambda park: str(timezone.localdate(park.now).year),
}
# By route and field, where a name means something else.
BY_ROUTE: dict[str, dict[str, Value]] = {
    "invitation": {"password": NEW_PASSWORD},
    "admin:tenants_tenant_add": {"kind": "enterprise"},
    "admin:tenants_membership_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
        "user": lambda park: str(park.members[STAFF_MEMBER].user_id),
    },
    "admin:members_invitation_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
    },
    "admin:banking_bankaccount_add": {"number": "62220200001", "swift": ""},
    "admin:billing_charge_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
        "period": lambda park: _in_days(park, 0),
        "due_on": lambda park: _in_days(park, 9),
        "unit_price": "12.50",
    },
    "admin:billing_fapiao_step": {"number": "1" * 20},
    "admin:billing_payment_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
        "amount": "7.50",
        "received_on": lambda park: _in_days(park, 0),
        "account": "",
    },
    "admin:certificates_certificate_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
        "issued_on": lambda park: _in_days(park, 0),
    },
    "admin:billing_billingterms_add": {
        "valid_from": lambda park: _in_days(park, 30),
        "late_percent": "0.05",
        "late_cap": "20",
    },
    "admin:billing_taxrate_add": {
        "kind": "rent",
        "valid_from": lambda park: _in_days(park, 30),
        "percent": "9",
    },
    "admin:training_course_add": {"minutes": "180", "price": "300"},
    "admin:training_fundingline_add": {"seats": "5"},
    "admin:training_idlerule_add": {"seats": "5", "starts_at": "13:00", "ends_at": "15:00"},
    "admin:training_seatagreement_add": {"seats": "5"},
    "admin:training_seatagreement_step": {"amount": "1"},
    "admin:training_session_add": {
        "course": lambda park: _course(),
        "capacity": "5",
        "opens_at": lambda park: f"{_in_days(park, 1)}T09:00",
        "closes_at": lambda park: f"{_in_days(park, 9)}T09:00",
        "cancel_until": lambda park: f"{_in_days(park, 5)}T09:00",
        "hold_until": lambda park: f"{_in_days(park, 3)}T09:00",
    },
    "admin:training_sessiondate_step": {"place": ""},
    "billing:fapiao": {"tax_number": "91120116MA06ABCD1X"},
    "billing:statement": {"currency": "CNY", "since": "2026-01-01", "until": "2026-12-31"},
    "training:booking": {"blanks": "1"},
    "training:names": {"people": lambda park: _learner(0)},
    "training:naming": {"person": lambda park: _learner(1)},
    "admin:reporting_target_add": {"value": "12.50", "measure": "yearly"},
    "admin:reporting_parkprofile_add": {"floor_area": "1200.5"},
    "admin:backbone_retentionrule_add": {"days": "400"},
    "admin:leasing_lease_add": {
        "tenant": lambda park: str(park.members[OWNER].tenant_id),
        "late_percent": "0.05",
    },
    "admin:leasing_listprice_add": {
        "price": "55",
        "type": lambda park: str(SpaceType.objects.get(code="desk").pk),
    },
    "admin:leasing_leaseunit_step": {
        "starts_on": lambda park: _in_days(park, 60),
        "ends_on": lambda park: _in_days(park, 90),
    },
    "admin:residency_agreement_add": {"tenant": lambda park: str(park.members[OWNER].tenant_id)},
    "admin:residency_stay_step": {"ends_on": lambda park: _in_days(park, 3000)},
    "admin:spaces_floor_add": {"level": "9"},
    "admin:leasing_handover_step": {"value": "3"},
    "admin:offices_allowance_add": {"minutes": "120"},
    "offices:feeds": {"of": lambda park: _meeting_room()},
    "admin:floor_editor": {"x": "10", "y": "10", "width": "50", "height": "50", "rotation": "0"},
    "admin:park_days_year": {"year": "2025"},
    "admin:spaces_parkday_add": {"day": lambda park: _in_days(park, 300)},
    "admin:spaces_space_add": {"floor": lambda park: _floor(), "area": "12.50"},
    "trade:import_columns": {"cancellation": "prefix"},
}
# Times of today: the first that is offered may be over when the form is sent once more.
PASSING = {("offices:new", "start")}
# Forms that are refused whatever is said, by route, with the reason.
SHUT = {
    "mfa_authenticate": "wants a code of the moment or a key's signature",
    "mfa_reauthenticate": "wants a code of the moment",
    "mfa_activate_totp": "wants a code of the moment",
    "mfa_add_webauthn": "wants a key's signature; the name is tried where it is changed",
    "mfa_generate_recovery_codes": "this person has no second factor yet",
    "admin:backbone_retentionrule_add": "one rule for each kind of data and day; the park has it",
    "admin:residency_reviewpolicy_add": "one policy for each kind of applicant; the park has it",
    "admin:residency_criterion_add": "no weights are being drafted",
    "admin:residency_stay_add": "every organisation that may be in the park is",
    "admin:residency_agreementparty_step": "the agreement is final",
    "certificates:given_number": "universities give such numbers, and this is an enterprise",
    "admin:event_door": "wants the code of a guest",
    "admin:billing_invoice_step": "what a credit note frees is shown first, and sent once more",
    "admin:billing_invoicerun_add": "one run at a time, and one is looked at",
    "admin:ledger_period_step": "the month is not over",
    "training:session": "its buttons say where it goes",
    "admin:*_change": "a page to read, with a form that sends nothing",
}
# By route: field to a file's name and content.
FILES: dict[str, dict[str, Callable[[SmallPark], tuple[str, bytes]]]] = {
    "trade:import_new": {
        "file": lambda park: ("orders.csv", sample_csv(timezone.localdate(park.now)))
    },
    "apply:document": {"file": lambda park: PAPER},
    "residency:signed_copy": {"file": lambda park: PAPER},
    "leasing:signed_copy": {"file": lambda park: PAPER},
    "learners:rosters": {"file": lambda park: ("roster.csv", ROSTER)},
    "training:list": {"file": lambda park: ("people.csv", ROSTER)},
    "admin:results_upload": {"file": lambda park: ("results.csv", RESULTS)},
    "admin:banking_upload": {
        "file": lambda park: ("bank.xml", camt([fact("7.00", 9, name="Payer")], number=9))
    },
    "admin:trade_rate_upload": {
        "file": lambda park: ("rates.csv", b"Date,USD/CNY\n2026-01-05,7.1\n")
    },
}


def filled(
    door: Door, park: SmallPark, marks: dict[str, str], must_choose: Container[str] = ()
) -> dict[str, list[str]]:
    """Field to values as a browser would send them; ``marks`` replaces what is free to say."""
    said: dict[str, list[str]] = {}
    for name in door.form.names:
        if name == CSRF or door.form.kind_of(name) == "file":
            continue
        if (special := _special(door, name, park)) is not None:
            said[name] = [special]
        elif name in marks:
            said[name] = [marks[name]]
        else:
            controls = [c for c in door.form.controls if c.name == name]
            passes = (door.route, name) in PASSING
            said[name] = _middle(controls[0]) if passes else _choice(controls, name in must_choose)
    for button in door.form.buttons[:1]:
        said[button.name] = [button.value]
    return said


def files_of(door: Door, park: SmallPark) -> dict[str, tuple[str, bytes]] | None:
    """None for a form without files, which a browser sends url-encoded."""
    if not door.form.has_files:
        return None
    return {name: make(park) for name, make in FILES.get(door.route, {}).items()}


def mark_of(form: Form, name: str) -> str:
    """A word that is found again wherever it is stored."""
    word = f"mark-{form.names.index(name)}q7"
    return f"{word}@example.test" if form.kind_of(name) == "email" else word


def pairs(said: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in said.items() for value in values]


def _meeting_room() -> str:
    return Space.objects.filter(kind="meeting_room").earliest("code").code


def _learner(place: int) -> str:
    """The number of one who has no seat; the demo seats those who came first."""
    with enter(Identity(STAFF)):
        return str(Learner.objects.active().order_by("-pk")[place].number)


def _course() -> str:
    return str(Course.objects.values_list("pk", flat=True)[0])


def _floor() -> str:
    return str(Floor.objects.values_list("pk", flat=True)[0])


def _in_days(park: SmallPark, days: int) -> str:
    return (timezone.localdate(park.now) + timedelta(days=days)).isoformat()


def _special(door: Door, name: str, park: SmallPark) -> str | None:
    value = BY_ROUTE.get(door.route, {}).get(name, BY_NAME.get(name))
    return value(park) if callable(value) else value


def _choice(controls: list[Control], must_choose: bool) -> list[str]:
    first = controls[0]
    if first.kind in ("checkbox", "radio"):
        chosen = [control.value for control in controls if control.is_chosen]
        # One of several has to be chosen; a single box is as it stands.
        return chosen or ([first.value] if len(controls) > 1 or must_choose else [])
    if first.kind in ("select", "multiple"):
        return _option(first, must_choose)
    return [first.value]


def _middle(control: Control) -> list[str]:
    return [control.options[len(control.options) // 2]]


def _option(control: Control, must_choose: bool) -> list[str]:
    if control.is_chosen and not (must_choose and not control.value):
        return [control.value]
    if control.kind == "multiple" and not must_choose:
        return []
    offered = [option for option in control.options if option or not must_choose]
    return offered[:1]
