"""Text columns of tenants' tables that cannot hold a marker, each with the reason.

A row of ``COLUMNS`` is a table's column as PostgreSQL calls it. An exemption that nobody needs
any more, or that names a column that is gone, fails in test_population.
"""

CODE = "one of a fixed list of codes"

COLUMNS = {
    "backbone_document.content_type": "judged from the bytes, from a fixed list of types",
    "backbone_document.sha256": "a hash of the bytes",
    "backbone_job.kind": "names a job that an app registered",
    "backbone_job.state": CODE,
    "backbone_outboxmessage.kind": "names an effect that an app registered",
    "gateway_apikey.digest": "a hash of the key",
    "gateway_apikey.prefix": "random letters",
    "gateway_apikey.role": CODE,
    "gateway_apikey.scopes": CODE,
    "gateway_idempotentanswer.fingerprint": "a hash of the call",
    "members_invitation.language": CODE,
    "members_invitation.nonce": "random",
    "members_invitation.roles": CODE,
    "reporting_target.measure": CODE,
    "reporting_target.metric": CODE,
    "backbone_retentionrule.data": "names data that an app registered",
    "residency_agreement.kind": CODE,
    "residency_agreement.state": CODE,
    "residency_agreementparty.side": CODE,
    "residency_exit.reason": CODE,
    "residency_exit.state": CODE,
    "residency_stay.kind": CODE,
    "residency_stay.state": CODE,
    "residency_task.closed_by_event": "names an event of the code",
    "residency_task.code": "names a kind of task of the code",
    "residency_waiver.app": "names an app",
    "residency_waiver.code": "names a kind of open item",
    "residency_waiver.key": "a ref",
    "tenants_membership.roles": CODE,
    "tenants_tenant.country": "two letters of ISO 3166",
    "tenants_tenant.kind": CODE,
    "tenants_tenant.registration_number": "has check digits; blank here",
    "tenants_trailentry.action": CODE,
    "tenants_trailentry.table": "names a table",
    "tenants_trailseal.seal": "a keyed hash",
    "trade_dailysales.country": "two letters of ISO 3166",
    "trade_dailysales.currency": "three letters of ISO 4217",
    "trade_dailysales.direction": CODE,
    "trade_importmapping.currency": "three letters of ISO 4217",
    "trade_importmapping.date_order": CODE,
    "trade_importmapping.decimal_sign": CODE,
    "trade_importmapping.direction_rule": CODE,
    "trade_importmapping.home_country": "two letters of ISO 3166",
    "trade_importmapping.time_zone": "names a zone of the tz database",
    "trade_monthlyproductsales.currency": "three letters of ISO 4217",
    "trade_monthlyproductsales.direction": CODE,
    "trade_monthlysales.currency": "three letters of ISO 4217",
    "trade_monthlysales.direction": CODE,
    "trade_order.country": "two letters of ISO 3166",
    "trade_order.currency": "three letters of ISO 4217",
    "trade_order.direction": CODE,
    "trade_orderimport.delimiter": "one character",
    "trade_orderimport.encoding": "names an encoding",
    "trade_orderline.kind": CODE,
}

# Tables of which an organisation can have no row, with the reason.
TABLES: dict[str, str] = {}
