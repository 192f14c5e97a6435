"""What stands outside the pattern on purpose, each with the reason a reviewer accepted."""

TABLES_WITHOUT_TENANT = {
    "account_emailaddress": "a person's addresses; a person may belong to several organisations",
    "account_emailconfirmation": "belongs to an e-mail address",
    "backbone_demomail": "mail that the demo keeps instead of sending; empty in production",
    "banking_bankaccount": "the park's own and confidential; the portal's role has no right on it",
    "banking_quarantined": "the park's own and confidential; the portal's role has no right on it",
    "banking_statement": "the park's own and confidential; the portal's role has no right on it",
    "banking_statementfile": "the park's own and confidential; the portal's role has no right on it",
    "banking_statementline": "the park's own and confidential; the portal's role has no right on it",
    "billing_billingterms": "the park's own and the same for every reader; the portal only reads",
    "billing_invoicerun": "the park's own and confidential; the portal's role has no right on it",
    "billing_taxrate": "the park's own and the same for every reader; the portal only reads",
    "auth_group": "Django's own; unused, no rows",
    "auth_group_permissions": "Django's own; unused, no rows",
    "auth_permission": "Django's list of model permissions",
    "django_admin_log": "Django's own; written by nobody but kept for the admin's imports",
    "django_content_type": "Django's list of models",
    "django_migrations": "which migrations ran",
    "django_session": "sessions belong to people",
    "ledger_period": "the months of the park's books, the same for all of them; the portal only reads",
    "ledger_periodstep": "who closed a month of the park's books; the portal only reads",
    "leasing_listprice": "the park's own and the same for every reader; the portal only reads",
    "payments_inboxevent": "what providers said, whose it is follows from its payment, and may be "
    "nobody's; the portal's role has no right on it",
    "mfa_authenticator": "second factors belong to people",
    "offices_door": "the park's own and the same for every reader; the portal only reads",
    "offices_bookingrule": "the park's own and the same for every reader; the portal only reads",
    "reconciliation_match": "the park's own and confidential; the portal's role has no right on it",
    "reconciliation_tally": "the park's own and confidential; the portal's role has no right on it",
    "spaces_building": "the park's own and the same for every reader; the portal only reads",
    "spaces_floor": "the park's own and the same for every reader; the portal only reads",
    "spaces_floorplan": "the park's own and the same for every reader; the portal only reads",
    "spaces_parkday": "the park's own and the same for every reader; the portal only reads",
    "spaces_shape": "the park's own and the same for every reader; the portal only reads",
    "spaces_space": "the park's own and the same for every reader; the portal only reads",
    "spaces_spacetype": "the park's own and the same for every reader; the portal only reads",
    "trade_referencerate": "exchange rates of the day, the same for everybody; the portal only reads",
    "training_course": "the park's own and the same for every reader; the portal only reads",
    "training_courseprerequisite": "the park's own and the same for every reader; the portal only reads",
    "training_fundingline": "the park's own and the same for every reader; the portal only reads",
    "training_idlerule": "the park's own and the same for every reader; the portal only reads",
    "training_programme": "the park's own and the same for every reader; the portal only reads",
    "training_session": "the park's own and the same for every reader; the portal only reads",
    "training_sessiondate": "the park's own and the same for every reader; the portal only reads",
    "training_sessiontrainer": "the park's own and the same for every reader; the portal only reads",
    "training_trainer": "the park's own and the same for every reader; the portal only reads",
    "tenants_tenant": "the organisations themselves: walled by id instead of tenant_id",
    "tenants_user": "people; a person may belong to several organisations",
    "tenants_user_groups": "Django's own; unused, no rows",
    "tenants_user_user_permissions": "Django's own; unused, no rows",
    "usersessions_usersession": "the list of a person's sessions; sessions belong to people",
}

KEYS_ACROSS_TENANTS: dict[str, str] = {}

UNIQUE_ACROSS_TENANTS: dict[str, str] = {
    "api_key_prefix_once": "a key is found by its prefix before its organisation is known; it is "
    "random and made here, so nobody can try one out",
    "certificate_number_once": "a certificate is found by its number before its organisation is "
    "known, and no number is given twice; it is random and made here, so nobody can try one out",
    "invoice_reference_once": "what a bank's line says finds the bill before its organisation is "
    "known; a hash by a key of the portal, so nobody can try one out",
    "occupancy_no_overlap": "a room is not given to two organisations; that it is taken at a time, "
    "and nothing else, is what everybody sees of it anyway",
}

RIGHTS_BEFORE_SIGN_IN = {
    "SELECT certificates_certificate": "whose certificate is verified: of the one row of the "
    "number that was typed, its organisation and nothing it says",
    "SELECT gateway_apikey": "whose key a program shows; the one row of the prefix it gave",
    "SELECT tenants_membership": "where the person who signs in belongs; their own rows only",
    "SELECT tenants_tenant": "slug, kind and names stand on public pages, and whether it has left "
    "decides who comes in; no other column",
}

POLICIES_BEFORE_SIGN_IN = {
    "certificates_certificate.public": "about the number that was typed, an equality on its index",
    "gateway_apikey.public": "about the prefix that the caller gave, an equality on its index",
    "tenants_tenant.public": "the organisations' names are public, see the right above",
}

TABLES_WITHOUT_TRAIL: dict[str, str] = {
    "backbone_job": "records work: progress several times a second, and what it did leaves a trail",
    "backbone_notice": "tells a person of something whose own row leaves a trail",
    "backbone_outboxmessage": "records what is on its way; the cause leaves a trail",
    "billing_invoiceline": "written with its bill, which leaves a trail, and frozen with it",
    "billing_invoicetax": "written with its bill, which leaves a trail, and frozen with it",
    "gateway_idempotentanswer": "what a call answered; what it made leaves a trail",
    "ledger_entry": "written once with its voucher, which leaves a trail, and never altered",
    "tenants_trailentry": "the trail itself",
    "tenants_trailseal": "the seals on the trail; made by the scheduler, never altered",
    "trade_dailysales": "sums of orders, kept beside them and rebuilt at any time",
    "trade_monthlyproductsales": "sums of order lines, kept beside them and rebuilt at any time",
    "trade_monthlysales": "sums of orders, kept beside them and rebuilt at any time",
}

# Columns of which the trail keeps that they changed and not what they said: a retention rule
# erases them one day, and the trail is never altered.
UNSAID_IN_TRAIL: dict[str, list[str]] = {
    "certificates_certificate": ["holder_id", "holder_latin_name", "holder_name"],
    "learners_learner": ["email", "latin_name", "mobile", "name", "number"],
    "members_invitation": ["email", "full_name"],
    "offices_studiocard": ["presenter"],
    "residency_application": [
        "business_scope",
        "closing_reason",
        "contact_email",
        "contact_mobile",
        "contact_name",
        "decision_reason",
        "details",
        "draft",
        "findings",
        "legal_person",
        "name",
        "name_en",
        "registered_address",
        "registration_number",
        "return_note",
    ],
    "residency_applicationdocument": ["reason"],
    "residency_followup": ["note"],
    "residency_lead": [
        "contact_email",
        "contact_mobile",
        "contact_name",
        "lost_note",
        "name",
        "source_detail",
        "wishes",
    ],
    "residency_review": ["comment", "conflict", "scores"],
    "training_guest": ["company", "email", "mobile", "name"],
}
