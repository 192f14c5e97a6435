"""What matches say, held against their lines, their payments and the books, for ``check_books``."""

from __future__ import annotations

from ledger.checking import Check

CHECKS = [
    Check(
        "what is dealt with of a line is the sum of its matches",
        """
        select y.line_id, y.matched, coalesce(sum(m.amount), 0)
        from reconciliation_tally y
        left join reconciliation_match m on m.tally_id = y.id and m.undone_at is null
        group by y.id having y.matched <> coalesce(sum(m.amount), 0)
        """,
        "Line %s stores %s as dealt with; its matches sum to %s.",
    ),
    Check(
        "a matched payment is of its line",
        """
        select m.id, p.id from reconciliation_match m
        join reconciliation_tally y on y.id = m.tally_id
        join banking_statementline l on l.id = y.line_id
        join billing_payment p on p.id = m.payment_id
        where m.undone_at is null
          and (m.amount <> p.amount or l.currency <> p.currency
               or l.account_id is distinct from p.account_id
                  and not (m.kind <> 'payment' and p.account_id is null))
        """,
        "Match %s has another amount, currency or account than its payment %s.",
    ),
    Check(
        "a matched refund is of its line",
        """
        select m.id, r.id from reconciliation_match m
        join reconciliation_tally y on y.id = m.tally_id
        join banking_statementline l on l.id = y.line_id
        join billing_refund r on r.id = m.refund_id
        where m.undone_at is null
          and (m.amount <> r.amount or l.currency <> r.currency or r.state <> 'paid'
               or l.account_id is distinct from r.account_id)
        """,
        "Match %s has another amount, currency or account than its refund %s, or that is not paid.",
    ),
    Check(
        "a payment that was taken back has the line by which it went, or its match is undone",
        """
        select m.id, p.id from reconciliation_match m join billing_payment p on p.id = m.payment_id
        where m.undone_at is null and (
          m.kind = 'returned' and p.state <> 'returned'
          or m.kind in ('payment', 'recorded') and p.state = 'returned' and not exists (
            select from reconciliation_match r
            where r.payment_id = p.id and r.kind = 'returned' and r.undone_at is null))
        """,
        "Match %s stands, and its payment %s says otherwise: undo the match.",
    ),
    Check(
        "unidentified receipts are those of the park's books",
        """
        with matched as (
          select l.currency, sum(m.amount) as sum from reconciliation_match m
          join reconciliation_tally y on y.id = m.tally_id
          join banking_statementline l on l.id = y.line_id
          where m.kind = 'unidentified' and m.undone_at is null group by l.currency),
        books as (
          select currency, sum(credits - debits) as sum from ledger_account
          where kind = 'unidentified' group by currency)
        select currency, coalesce(b.sum, 0), coalesce(x.sum, 0)
        from matched x full join books b using (currency)
        where coalesce(b.sum, 0) <> coalesce(x.sum, 0)
        """,
        "In %s the books have %s unidentified; lines have %s.",
    ),
]
