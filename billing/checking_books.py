"""What the papers of billing and the books say about each other; see ``checking``."""

from __future__ import annotations

from ledger.checking import Check

# (organisation, currency, account) → what the papers say its balance is.
TOLD = """
  select tenant_id, currency, 'receivable' as code, total - paid - credited - written_off as sum
  from billing_invoice where state = 'issued'
  union all
  select tenant_id, currency, 'deposit_due', total - paid - credited - written_off
  from billing_invoice where state = 'issued' and series = 'D'
  union all
  select tenant_id, currency, 'deposit', paid + written_off
  from billing_invoice where series = 'D'
  union all
  select tenant_id, currency, 'deposit', -amount
  from billing_payment where method = 'deposit' and state = 'succeeded'
  union all
  select tenant_id, currency, 'writeoff', written_off from billing_invoice
  union all
  select tenant_id, currency, 'unapplied', amount - applied - refunded
  from billing_payment where state = 'succeeded'
  union all
  select tenant_id, currency, 'unapplied', amount from billing_refund where state = 'requested'
  union all
  select tenant_id, currency, 'refunds_due', amount from billing_refund where state = 'approved'
  union all
  select i.tenant_id, i.currency, 'tax:' || trim_scale(x.rate), x.tax - x.credited_tax
  from billing_invoicetax x join billing_invoice i on i.id = x.invoice_id
  where i.state = 'issued' and x.tax > 0
"""

# (organisation, type and key of a row, event, account, side, amount) that has to be posted.
EVENTS = """
  select tenant_id, 'billing.invoice' as type, id, 'issued' as event, 'receivable' as code,
         'D' as side, total as amount
  from billing_invoice where state = 'issued'
  union all
  select tenant_id, 'billing.creditnote', id, 'issued', 'receivable', 'C', total
  from billing_creditnote
  union all
  select tenant_id, 'billing.payment', id, 'received', 'unapplied', 'C', amount
  from billing_payment where state in ('succeeded', 'returned')
  union all
  select tenant_id, 'billing.allocation', id, 'applied', 'receivable',
         case when amount > 0 then 'C' else 'D' end, abs(amount)
  from billing_allocation
  union all
  select tenant_id, 'billing.refund', id, 'approved', 'refunds_due', 'C', amount
  from billing_refund where state in ('approved', 'paid')
  union all
  select tenant_id, 'billing.refund', id, 'paid', 'refunds_due', 'D', amount
  from billing_refund where state = 'paid'
"""

BOOKS = [
    Check(
        "the books say of each organisation what its papers say",
        f"""
        with told as (select tenant_id, currency, code, sum(sum) from ({TOLD}) x group by 1, 2, 3),
        books as (
          select tenant_id, currency, code,
                 case side when 'D' then debits - credits else credits - debits end as balance
          from ledger_account
          where kind in ('receivable', 'deposit_due', 'deposit', 'writeoff', 'unapplied',
                         'refunds_due', 'tax'))
        select t.slug, code, currency, coalesce(b.balance, 0), coalesce(told.sum, 0)
        from told full join books b using (tenant_id, currency, code)
        join tenants_tenant t on t.id = tenant_id
        where coalesce(b.balance, 0) <> coalesce(told.sum, 0)
        """,  # noqa: S608  constants alone
        "Account %s %s %s has the balance %s; bills and payments say %s.",
    ),
    Check(
        "every paper, payment and allocation is in the books",
        f"""
        select t.slug, x.type, x.id, x.event, x.amount
        from ({EVENTS}) x join tenants_tenant t on t.id = x.tenant_id
        where not exists (
          select from ledger_voucher v
          join ledger_entry e on e.tenant_id = v.tenant_id and e.voucher_id = v.id
          join ledger_account a on a.tenant_id = e.tenant_id and a.id = e.account_id
          where v.tenant_id = x.tenant_id and v.source_type = x.type and v.source_id = x.id
            and v.event = x.event and a.code = x.code and e.side = x.side and e.amount = x.amount)
        """,  # noqa: S608  constants alone
        "The books of %s have no voucher for %s %s, %s, over %s.",
    ),
    Check(
        "nothing else of billing is in the books",
        f"""
        select t.slug, v.id, v.source_type, v.source_id, v.event
        from ledger_voucher v join tenants_tenant t on t.id = v.tenant_id
        where v.source_type like 'billing.%' and v.reverses_id is null
          and v.event not like 'written off %'
          and not (v.source_type = 'billing.refund' and exists (
            select from billing_refund r where r.id = v.source_id and r.state = 'rejected'))
          and not exists (
            select from ({EVENTS}) x
            where x.tenant_id = v.tenant_id and x.type = v.source_type and x.id = v.source_id
              and x.event = v.event)
        """,  # noqa: S608  constants alone
        "Voucher %s/%s is for %s %s, %s, which is not so.",
    ),
    Check(
        "payments that were taken back are reversed, and no others",
        """
        select t.slug, p.id, p.state from billing_payment p
        join tenants_tenant t on t.id = p.tenant_id
        where p.state in ('succeeded', 'returned') and (p.state = 'returned') <> exists (
          select from ledger_voucher v join ledger_voucher r on r.reverses_id = v.id
            and r.tenant_id = v.tenant_id
          where v.tenant_id = p.tenant_id and v.source_type = 'billing.payment'
            and v.source_id = p.id)
        """,
        "Payment %s/%s is %s, and the books say otherwise.",
    ),
]
