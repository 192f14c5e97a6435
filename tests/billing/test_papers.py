"""What is printed on bills, deposits' papers and credit notes."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from billing.models import ChargeKind, Fapiao, Invoice
from billing.operations import crediting, drafting, paying
from billing.operations.numbering import as_printed
from billing.papers import credit_note_pdf, invoice_pdf
from billing.papers.bills import bill_data
from billing.papers.notes import taxes_of
from billing.papers.paynow import paynow_payload
from foundation import pdf
from foundation.errors import WrongState
from tests.banking.making import account
from tests.billing.papers_making import TODAY, bill, charge
from tests.foundation.test_pdf import text_of
from tests.spaces.conftest import rival
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
D = Decimal
HOSTILE = '#read("x") *b* $x$ <l> @r \\ 陈'


@pytest.fixture
def manager(make, park):
    return make.member(park, "manager", is_staff=True)


def printed(content: bytes) -> str:
    assert len(content) < 1_000_000
    """With single spaces; what stands between a figure and its sign is left to the reader of PDF."""
    return re.sub(r"\s+", " ", text_of(content)).replace(" %", "%").replace(" / ", "/")


@pytest.fixture
def _fonts():
    if not pdf.has_fonts():
        pytest.skip("no fonts: run make setup")


def several(manager, owner) -> Invoice:
    return bill(
        manager, owner.tenant,
        {"what": "A-101", "tax_rate": D(9), "quantity": D("52.5"), "unit": "m²",
         "unit_price": D(60), "amount": D(3150)},
        {"kind": ChargeKind.SERVICE, "what": HOSTILE, "tax_rate": D(6), "quantity": D(3),
         "unit_price": D("35.503333"), "amount": D("106.51")},
        {"kind": ChargeKind.BOOKING, "what": "M-3", "tax_rate": D(6), "amount": D("0.04")},
    )  # fmt: skip


@pytest.mark.usefixtures("_fonts")
def test_a_bill_has_everything_in_both_languages(owner, manager) -> None:
    account(
        manager, currency="CNY", number="50001234567890123456", holder="园区公司", bank="工商银行"
    )
    made = several(manager, owner)
    with portal(owner):
        text = printed(invoice_pdf(made))
    for words in (
        "This is a bill. It is not a fapiao.", made.number, str(made.issued_on), str(made.due_on),
        owner.tenant.name, owner.tenant.name_en, "A-101", "52.5 m²", "60.00", "9%", "3,150.00",
        HOSTILE, "35.503333", "0.04", "CNY 3,256.55", "人民币叁仟贰佰伍拾陆元伍角伍分",
        "Three thousand two hundred fifty-six and 55/100 CNY", "园区公司", "工商银行",
        "50001234567890123456", as_printed(made.reference), "租金/Rent", "1/1",
    ):  # fmt: skip
        assert words in text
    # Sum of the rate 6 %, its tax rounded once, and that of 9 %.
    for figures in ("6% 100.52 6.03 106.55", "9% 2,889.91 260.09 3,150.00"):
        assert figures in text


@pytest.mark.usefixtures("_fonts")
def test_a_paper_stays_as_it_was_issued(owner, manager) -> None:
    made = several(manager, owner)
    with portal(owner):
        before = bill_data(made)
    owner.tenant.name = "Another 有限公司"
    with office(manager) as actor:
        owner.tenant.save(update_fields=["name"])
        paying.receive(
            actor=actor, now=NOW, tenant=owner.tenant, amount=D(100), currency="CNY",
            received_on=TODAY, reference="1", shares={made.pk: D(100)},
        )  # fmt: skip
    with portal(owner):
        assert bill_data(Invoice.objects.get(pk=made.pk)) == before


@pytest.mark.usefixtures("_fonts")
def test_a_deposit_is_no_sale(owner, manager) -> None:
    made = bill(manager, owner.tenant, {"kind": ChargeKind.DEPOSIT, "amount": D(12600)})
    with portal(owner):
        text = printed(invoice_pdf(made))
        assert bill_data(made)["taxes"] == []
    assert "Bill for a deposit" in text
    assert "Without tax" not in text


@pytest.mark.usefixtures("_fonts")
@pytest.mark.parametrize(
    ("currency", "amount", "figures", "words"),
    [
        ("JPY", "120000", "JPY 120,000 ", "One hundred twenty thousand JPY"),
        ("KWD", "1.005", "KWD 1.005", "One and 005/1000 KWD"),
        ("USD", "99.90", "USD 99.90", "Ninety-nine and 90/100 USD"),
    ],
)
def test_minor_units_are_those_of_the_currency(owner, manager, currency, amount, figures, words) -> None:  # fmt: skip
    values = {"currency": currency, "amount": D(amount), "unit_price": D(amount)}
    made = bill(manager, owner.tenant, values)
    with portal(owner):
        text = printed(invoice_pdf(made))
    assert figures in text
    assert words in text
    assert "人民币" not in text


@pytest.mark.usefixtures("_fonts")
def test_a_fapiao_is_named_as_long_as_it_holds(owner, manager) -> None:
    made = several(manager, owner)
    with office(manager):
        row = Fapiao.objects.create(
            tenant=owner.tenant, invoice=made, title="海河贸易", tax_number="91500000MA5U000008",
            amount=made.total, state="requested",
        )  # fmt: skip
        assert bill_data(made)["fapiao"] is None
        row.state, row.number, row.issued_on = "issued", "24502000000012345678", TODAY
        row.save()
    with portal(owner):
        text = printed(invoice_pdf(made))
    for words in ("24502000000012345678", "海河贸易", "91500000MA5U000008"):
        assert words in text
    with office(manager):
        Fapiao.objects.filter(pk=row.pk).update(state="red_issued", red_number="2" * 20)
        assert bill_data(made)["fapiao"] is None


def test_what_is_not_issued_is_no_paper(owner, manager) -> None:
    with office(manager) as actor:
        rows = [charge(owner.tenant)]
        made = drafting.draft(actor=actor, now=NOW, tenant=owner.tenant, charges=rows)
        with pytest.raises(WrongState):
            invoice_pdf(made)
        drafting.drop(actor=actor, now=NOW, invoice=made)
        with pytest.raises(WrongState):
            invoice_pdf(Invoice.objects.get(pk=made.pk))


@pytest.mark.usefixtures("_fonts")
def test_a_long_bill_keeps_its_heads(owner, manager) -> None:
    made = bill(manager, owner.tenant, *({"what": f"A-{n}"} for n in range(60)))
    with portal(owner):
        content = invoice_pdf(made)
    pages = text_of(content).split("\f")
    assert len([page for page in pages if "What for" in page]) >= 2
    assert "A-59" in printed(content)


@pytest.mark.usefixtures("_fonts")
def test_a_credit_note_names_its_bill_and_why(owner, manager) -> None:
    made = several(manager, owner)
    with office(manager) as actor:
        line = made.lines.get(position=2)
        note = crediting.credit(
            actor=actor, now=NOW, invoice=made, reason="算错了", amounts={line.pk: D("35.50")}
        )
    with portal(owner):
        text = printed(credit_note_pdf(note))
    for words in (
        note.number, made.number, "算错了", HOSTILE, "106.51", "35.50", "6%", "33.49", "2.01", "CNY 35.50",
        "人民币叁拾伍元伍角整", "Thirty-five and 50/100 CNY", "not a red one",
    ):  # fmt: skip
        assert words in text
    assert "A-101" not in text


def test_the_taxes_of_notes_are_those_of_their_bill_cent_by_cent(owner, manager) -> None:
    made = several(manager, owner)
    parts = [*[D("0.11"), D("0.13"), D("0.05")] * 3, None]
    with office(manager) as actor:
        two = [line.pk for line in made.lines.filter(position__lte=2)]
        notes = [
            crediting.credit(
                actor=actor, now=NOW, invoice=made, reason="算错了",
                amounts=dict.fromkeys(two, part) if part else None,
            )
            for part in parts
        ]  # fmt: skip
        printed_taxes = [taxes_of(note) for note in notes]
        assert [sum(row.tax for row in rows) for rows in printed_taxes] == [n.tax for n in notes]
        together: dict[Decimal, Decimal] = defaultdict(Decimal)
        for rows in printed_taxes:
            for row in rows:
                together[row.rate] += row.tax
        assert together == dict(made.taxes.values_list("rate", "tax"))


def sgd(manager, owner, **values) -> Invoice:
    return bill(manager, owner.tenant, {"currency": "SGD", "amount": D(250), **values})


@pytest.mark.usefixtures("_fonts")
def test_a_bill_in_sgd_has_a_code_over_what_is_open(owner, manager, settings) -> None:
    settings.PARK_PAYNOW_UEN = "201403121W"
    made = sgd(manager, owner)
    payload = paynow_payload(made)
    assert payload is not None
    for part in ("0210201403121W", "5406250.00", made.reference):
        assert part in payload
    with portal(owner):
        assert "PayNow SGD 250.00" in printed(invoice_pdf(made))
    with office(manager) as actor:
        paying.receive(
            actor=actor, now=NOW, tenant=owner.tenant, amount=D(250), currency="SGD",
            received_on=TODAY, reference="1", shares={made.pk: D(200)},
        )  # fmt: skip
        half = Invoice.objects.get(pk=made.pk)
        assert "540550.00" in str(paynow_payload(half))
        crediting.credit(actor=actor, now=NOW, invoice=half, reason="x")
        assert paynow_payload(Invoice.objects.get(pk=made.pk)) is None


def test_no_code_without_a_number_or_in_another_currency(owner, manager, settings) -> None:
    settings.PARK_PAYNOW_UEN = ""
    assert paynow_payload(sgd(manager, owner)) is None
    settings.PARK_PAYNOW_UEN = "201403121W"
    assert paynow_payload(sgd(manager, owner, currency="USD")) is None
