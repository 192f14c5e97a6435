"""What a line may be: by reference, by group, by name, by days; each case with its reason. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.utils import translation

from billing.operations.numbering import _checked
from reconciliation.grouping import LOOKED_AT, TOGETHER, groups_of
from reconciliation.proposing import Bill, Book, Known, Line, Rank, proposals
from reconciliation.reasons import SENTENCES
from reconciliation.referring import Numbers, references_in
from reconciliation.texts import name_key, names_fit

D = Decimal
DAY = date(2026, 4, 10)
HAIHE, JINMEN, BEIYANG = 1, 2, 3
NAMES = {
    HAIHE: (name_key("天津海河跨境电商有限公司"), name_key("Haihe Cross-Border Trading Co., Ltd.")),
    JINMEN: (name_key("津门（天津）科技股份有限公司"), name_key("Jinmen Technology Pte. Ltd.")),
    BEIYANG: (name_key("北洋"), name_key("BY")),
}


def bill(pk: int, amount: str, tenant: int = HAIHE, **values) -> Bill:
    slug = {HAIHE: "HAIHE", JINMEN: "X-HAIHE", BEIYANG: "BY2"}[tenant]
    known: dict[str, Any] = {
        "pk": pk, "tenant_id": tenant, "number": f"{slug}-B2026-{pk:04d}",
        "reference": _checked(f"ABCDEF{pk:04d}"), "currency": "CNY", "open": D(amount),
        "issued_on": DAY - timedelta(days=10), "due_on": DAY + timedelta(days=pk % 7),
    } | values  # fmt: skip
    return Bill(**known)


def line(amount: str, *texts: str, **values) -> Line:
    known: dict[str, Any] = {
        "pk": 1,
        "amount": D(amount),
        "currency": "CNY",
        "booked_on": DAY,
    } | values
    return Line(texts=texts, **known)


def book(*bills: Bill, **known) -> Book:
    own: dict[str, Any] = {"names": NAMES, "tolerance": D(1)} | known
    return Book(bills, Known(**own))


ONE = bill(1, "1000.00")
REFERENCE = ONE.reference
SPACED = " ".join(REFERENCE[at : at + 4] for at in range(0, len(REFERENCE), 4))
WIDE = "".join(chr(ord(each) + 0xFEE0) for each in REFERENCE)


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        REFERENCE.lower(),
        SPACED,
        WIDE,
        f"房租{REFERENCE}四月",
        f"/RFB/{REFERENCE}/EREF/123",
        f"RF18{REFERENCE}",
        "HAIHE-B2026-0001",
        "haihe b2026 0001",
        "ＨＡＩＨＥ－Ｂ２０２６－０００１",
        "付HAIHE-B2026-0001房租",
        "HAIHE-B2026-0001 2026年4月",
        "HAIHE-B2026-00 01",
        "HAIHEB20260001",
    ],
)
def test_a_text_names_its_bill(text):
    best = proposals(line("1000.00", text), book(ONE, bill(11, "1000.00", JINMEN)))[0]
    assert (best.rank, best.shares, best.is_certain) == (Rank.REFERENCE, ((ONE, D(1000)),), True)
    assert "HAIHE-B2026-0001" in str(best.why)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "B2026",
        "HAIHE-B2026-00012",
        "HAIHE-B2025-0001",
        "20260001",
        REFERENCE[:-1],
        "转账 微信支付",
    ],
)
def test_what_only_looks_like_it_names_none(text):
    assert not book(ONE).named_by(line("1000.00", text))


def test_of_two_numbers_the_one_that_is_held_whole():
    numbers = Numbers(["HAIHE-B2026-0001", "X-HAIHE-B2026-0001"])
    assert numbers.named_in("X-HAIHE-B2026-0001") == ["X-HAIHE-B2026-0001"]
    assert numbers.named_in("pay HAIHE-B2026-0001") == ["HAIHE-B2026-0001"]
    assert references_in("none") == []


def test_two_bills_in_one_text_are_paid_together():
    two = bill(2, "500.00")
    best = proposals(line("1500.00", f"{ONE.number}, {two.reference}"), book(ONE, two))[0]
    assert {each.pk for each, _amount in best.shares} == {1, 2}
    assert best.is_certain


WRONG = [
    ("400.00", "named_less", "400.00", "0", "0"),
    ("1200.00", "named_more", "1000.00", "200.00", "0"),
    ("999.50", "named_kept", "999.50", "0", "0.50"),
    ("998.00", "named_less", "998.00", "0", "0"),
]


@pytest.mark.parametrize(("amount", "code", "share", "credit", "off"), WRONG)
def test_a_right_reference_with_a_wrong_amount(amount, code, share, credit, off):
    best = proposals(line(amount, REFERENCE), book(ONE))[0]
    assert (best.why.code, best.credit, best.is_certain) == (code, D(credit), False)
    assert sum(part for _bill, part in best.shares) == D(share)
    assert sum((part for _bill, part in best.written_off), D(0)) == D(off)


def test_a_settled_bill_leaves_credit():
    known = book(settled={REFERENCE: (HAIHE, ONE.number)})
    (best,) = proposals(line("70.00", REFERENCE), known)
    assert (best.tenant_id, best.credit, best.shares) == (HAIHE, D(70), ())


def test_another_currency_is_not_proposed():
    assert proposals(line("1000.00", REFERENCE, currency="USD"), book(ONE)) == []


def test_of_bills_of_two_organisations_the_rest_is_nobodys():
    other = bill(2, "5.00", JINMEN)
    best = proposals(line("1010.00", f"{REFERENCE} {other.number}"), book(ONE, other))[0]
    assert (best.credit, len(best.shares)) == (D(0), 2)


def test_the_only_bills_that_add_up():
    bills = [bill(1, "10.00"), bill(2, "20.50"), bill(3, "40.00"), bill(4, "7.00", JINMEN)]
    best = proposals(line("60.50"), book(*bills))[0]
    assert (best.rank, {each.pk for each, _amount in best.shares}) == (Rank.GROUP, {1, 2, 3} - {1})


def test_where_two_organisations_owe_the_same_the_name_decides():
    bills = [bill(1, "88.00"), bill(2, "88.00", JINMEN)]
    best = proposals(line("88.00", name="津门（天津）科技股份有限公司"), book(*bills))[0]
    assert (best.rank, best.tenant_id) == (Rank.NAME, JINMEN)
    known = proposals(line("88.00", account="6222"), book(*bills, payers={"6222": HAIHE}))[0]
    assert (known.tenant_id, known.why.code) == (HAIHE, "account")


def test_a_chance_of_another_organisation_does_not_outrank_the_payer():
    bills = [bill(1, "88.00"), bill(2, "500.00", JINMEN)]
    found = proposals(line("88.00", name="Jinmen Technology"), book(*bills))
    assert [(each.rank, each.tenant_id) for each in found] == [
        (Rank.WINDOW, HAIHE),
        (Rank.PAYER, JINMEN),
    ]


def test_without_a_name_the_days_decide():
    near = bill(1, "88.00")
    far = bill(2, "88.00", JINMEN, issued_on=date(2025, 1, 1), due_on=date(2025, 1, 9))
    found = proposals(line("88.00"), book(near, far))
    assert [(each.rank, each.tenant_id) for each in found] == [(Rank.WINDOW, HAIHE)]


def test_a_known_payer_without_a_fitting_amount_pays_the_first_due_first():
    bills = [bill(1, "100.00"), bill(2, "100.00")]
    (best,) = proposals(line("130.00", name="天津海河跨境电商有限公司"), book(*bills))
    assert (best.rank, [part for _bill, part in best.shares]) == (Rank.PAYER, [D(100), D(30)])
    (over,) = proposals(line("230.00", name="天津海河跨境电商有限公司"), book(*bills))
    assert over.credit == 30


def test_what_the_bank_kept_of_a_known_payer():
    best = proposals(line("99.20", name="Haihe Cross-Border Trading"), book(bill(1, "100.00")))[0]
    assert (best.why.code, best.written_off[0][1]) == ("payer_kept", D("0.80"))


def test_money_that_went_out_pays_nothing():
    assert proposals(line("0"), book(ONE)) == proposals(line("-5", REFERENCE), book(ONE)) == []


SAME = [
    ("天津海河跨境电商有限公司", HAIHE),
    ("天津海河跨境电商", HAIHE),
    ("HAIHE CROSS BORDER TRADING CO LTD", HAIHE),
    ("Ｈａｉｈｅ Cross-Border Trading Company Limited", HAIHE),
    ("收到天津海河跨境电商有限责任公司付款", HAIHE),
    ("津门(天津)科技有限公司", JINMEN),
    ("JINMEN TECHNOLOGY PTE LTD", JINMEN),
    # Two characters or letters alone stand in too many texts; as the whole name they do.
    ("北洋", BEIYANG),
    ("BY", BEIYANG),
    ("北洋大学", None),
    ("PAID BY CARD", None),
    ("", None),
    ("公司", None),
]


@pytest.mark.parametrize(("said", "tenant"), SAME)
def test_names_in_both_languages(said, tenant):
    assert [key for key, keys in NAMES.items() if said and names_fit(said, keys)] == (
        [tenant] if tenant else []
    )


def test_groups_are_sums_and_their_search_is_limited():
    amounts = [D(2) ** power for power in range(30)]
    found = groups_of(amounts)
    for total, places in found.items():
        assert sum(amounts[place] for place in places) == total
    looked = sum(len(list(combinations(range(LOOKED_AT), n))) for n in range(2, TOGETHER + 1))
    assert len(found) == 30 + looked + 1


def test_a_proposal_says_why_in_both_languages():
    for code, sentence in SENTENCES.items():
        with translation.override("en"):
            assert str(sentence) % {"bills": "B", "day": "D"}, code
