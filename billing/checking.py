"""What billing stores beside its rows and the books, recomputed from both, for ``check_books``.

Constraints say what a sum may be, operations keep it; this finds what came past them.
"""

from __future__ import annotations

from billing.checking_books import BOOKS
from ledger.checking import Check

PAPERS = [
    Check(
        "a bill is the sum of its lines, and of its sums by rate",
        """
        select i.id, i.number, i.total, coalesce(l.sum, 0), coalesce(x.sum, 0)
        from billing_invoice i
        left join (select invoice_id, sum(amount) from billing_invoiceline group by 1) l
          on l.invoice_id = i.id
        left join (select invoice_id, sum(gross) from billing_invoicetax group by 1) x
          on x.invoice_id = i.id
        where i.total <> coalesce(l.sum, 0) or i.state = 'issued' and i.total <> coalesce(x.sum, 0)
        """,
        "Bill %s %s has the total %s; its lines sum to %s and its rates to %s.",
    ),
    Check(
        "the sums by rate are those of the lines",
        """
        select i.number, x.rate, x.gross, coalesce(sum(l.amount), 0), x.credited_gross,
               coalesce(sum(l.credited), 0)
        from billing_invoicetax x join billing_invoice i on i.id = x.invoice_id
        left join billing_invoiceline l on l.invoice_id = x.invoice_id and l.tax_rate = x.rate
        group by i.number, x.id
        having x.gross <> coalesce(sum(l.amount), 0)
          or x.credited_gross <> coalesce(sum(l.credited), 0)
        """,
        "Bill %s has %s %% on %s, its lines sum to %s; credited of it are %s, of its lines %s.",
    ),
    Check(
        "what is credited is the sum of the credit notes",
        """
        select i.number, i.credited, coalesce(n.total, 0), coalesce(n.tax, 0), coalesce(x.tax, 0)
        from billing_invoice i
        left join (select invoice_id, sum(total) as total, sum(tax) as tax from billing_creditnote
                   group by 1) n on n.invoice_id = i.id
        left join (select invoice_id, sum(credited_tax) as tax from billing_invoicetax
                   group by 1) x on x.invoice_id = i.id
        where i.credited <> coalesce(n.total, 0) or coalesce(x.tax, 0) <> coalesce(n.tax, 0)
        """,
        "Bill %s stores %s as credited; its notes sum to %s with tax %s, its rates say tax %s.",
    ),
    Check(
        "a credit note is the sum of its lines",
        """
        select n.number, n.total, coalesce(sum(l.amount), 0) from billing_creditnote n
        left join billing_creditnoteline l on l.note_id = n.id
        group by n.id having n.total <> coalesce(sum(l.amount), 0)
        """,
        "Credit note %s has the total %s; its lines sum to %s.",
    ),
    Check(
        "what is credited of a line is the sum of its credits",
        """
        select i.number, l.position, l.credited, coalesce(sum(c.amount), 0)
        from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id
        left join billing_creditnoteline c on c.line_id = l.id
        group by i.number, l.id having l.credited <> coalesce(sum(c.amount), 0)
        """,
        "Bill %s, line %s stores %s as credited; its credits sum to %s.",
    ),
    Check(
        "what is paid of a bill is the sum of its allocations",
        """
        select i.id, i.number, i.paid, coalesce(sum(a.amount), 0) from billing_invoice i
        left join billing_allocation a on a.invoice_id = i.id
        group by i.id having i.paid <> coalesce(sum(a.amount), 0)
        """,
        "Bill %s %s stores %s as paid; its allocations sum to %s.",
    ),
    Check(
        "what is applied of a payment is the sum of its allocations",
        """
        select p.id, p.applied, coalesce(sum(a.amount), 0) from billing_payment p
        left join billing_allocation a on a.payment_id = p.id
        group by p.id having p.applied <> coalesce(sum(a.amount), 0)
        """,
        "Payment %s stores %s as applied; its allocations sum to %s.",
    ),
    Check(
        "payments go to issued bills of their organisation and currency",
        """
        select a.id, a.amount, i.number, p.id from billing_allocation a
        join billing_invoice i on i.id = a.invoice_id join billing_payment p on p.id = a.payment_id
        where i.currency <> p.currency or i.tenant_id <> p.tenant_id or i.state <> 'issued'
        """,
        "Allocation %s of %s joins bill %s and payment %s, which do not go together.",
    ),
    Check(
        "what is paid back is the sum of the refunds",
        """
        select p.id, p.refunded, coalesce(sum(r.amount), 0) from billing_payment p
        left join billing_refund r on r.payment_id = p.id and r.state <> 'rejected'
          and r.currency = p.currency
        group by p.id having p.refunded <> coalesce(sum(r.amount), 0)
        """,
        "Payment %s stores %s as paid back; its refunds sum to %s.",
    ),
    Check(
        "numbers have no gap",
        """
        with papers as (
          select tenant_id, series, year, sequence from billing_invoice where state = 'issued'
          union all select tenant_id, 'C', year, sequence from billing_creditnote),
        given as (
          select tenant_id, series, year, count(*), min(sequence), max(sequence) from papers
          group by 1, 2, 3)
        select t.slug, series, year, coalesce(s.last, 0), coalesce(g.count, 0), coalesce(g.max, 0)
        from billing_numberseries s full join given g using (tenant_id, series, year)
        join tenants_tenant t on t.id = tenant_id
        where s.last is distinct from g.count or s.last is distinct from g.max or g.min <> 1
        """,
        "Series %s %s%s gave %s numbers last; it has %s papers, up to number %s.",
    ),
    Check(
        "charges are settled as far as their bills are",
        """
        with shared as (
          select l.charge_id, l.amount, l.credited, l.amount - l.credited as left,
                 i.number, i.paid + i.written_off - coalesce(sum(l.amount - l.credited) over (
                   partition by l.invoice_id order by l.position
                   rows between unbounded preceding and 1 preceding), 0) as money
          from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id
          where i.state = 'issued'),
        told as (
          select *, credited + greatest(0, least("left", money)) as settled from shared)
        select c.id, c.state, c.settled, told.number, told.settled
        from told join billing_charge c on c.id = told.charge_id
        where told.amount <> c.amount
          or (c.state, c.settled) is distinct from (case
            when told.credited = told.amount then ('waived'::varchar, 0::numeric)
            when told.settled = told.amount then ('settled'::varchar, told.settled)
            else ('open'::varchar, told.settled) end)
        """,
        "Charge %s is %s with %s settled; by bill %s %s of it is.",
    ),
    Check(
        "nothing is settled of an open charge without a bill",
        """
        select c.id, c.settled from billing_charge c
        where c.state = 'open' and c.settled <> 0 and not exists (
          select from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id
          where l.charge_id = c.id and i.state = 'issued')
        """,
        "Charge %s has %s settled, and no bill says by what.",
    ),
]

CHECKS = PAPERS + BOOKS
