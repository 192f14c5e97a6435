"""What the crawl leaves out or lets pass, each with its reason. An excuse nobody needs fails."""

from __future__ import annotations

# Route (as fnmatch has it) to what opening it gives, and why that is no page to look at.
ROUTES = {
    "home": ("302", "leads to the home page of whoever asks"),
    "set_language": ("405", "a button's"),
    "metrics": ("404", "for the scraper with its token only"),
    "account_set_password": ("302", "everybody here has a password"),
    "account_confirm_login_code": ("302", "signing in by code is off"),
    "account_reset_password_from_key": ("302", "keeps the key in the session; MORE follows it"),
    "mfa_download_recovery_codes": ("file", "a text file"),
    "mfa_login_webauthn": ("302", "the script's question for a challenge"),
    "admin:search": ("part", "the list under the theme's search box"),
    "admin:login": ("302", "one door for everybody: accounts/login/"),
    "admin:logout": ("405", "a button's"),
    "admin:autocomplete": ("403", "JSON for the boxes that search; refused without their field"),
    "admin:jsi18n": ("file", "a script"),
    "admin:view_on_site": ("no row", "no model of ours has a page of that kind"),
    "admin:*_add": ("403", "nobody writes these by hand"),
    "admin:*_delete": ("403", "nothing is deleted by hand"),
    "admin:trade_referencerate_upload_rates": ("302", "leads to admin:trade_rate_upload"),
    "admin:auth_group_*": (
        "403 or no row",
        "groups are not used; the permission tables of the apps are",
    ),
    "admin:account_emailaddress_*": ("403", "a library's model, open to nobody"),
    "admin:mfa_authenticator_*": ("403", "a library's model, open to nobody"),
    "admin:usersessions_usersession_*": ("403 or no row", "a library's model, open to nobody"),
    "tenants:session_ending": ("405", "a button's"),
    "accounts/2fa/webauthn/keys/<int:pk>/<path:rest>": ("no row", "a library's, leads nowhere"),
    "staff/*/<path:object_id>/": ("no row", "the admin's old addresses lead to the new ones"),
    "staff/(?P<url>.*)$": ("no row", "the admin's 404"),
    "api/v1/*": ("no row", "for programs; tests/walls/test_access_matrix.py tries every call"),
    "api_schema": ("file", "JSON"),
    "gateway:key_revocation": ("405", "a button's"),
    "backbone:job_progress": ("part", "the moving part of backbone:job"),
    "backbone:job_cancellation": ("405", "a button's"),
    "backbone:job_resumption": ("405", "a button's"),
    "backbone:file": ("file", "a download"),
    "backbone:file_link": ("405", "a button's; tests/browser/test_file_link.py looks at its page"),
    "linked_file": ("no row", "a download for whoever has the link"),
    "backbone:notices_reading": ("405", "a button's"),
    "members:ending": ("405", "a button's"),
    "members:sending": ("405", "a button's"),
    "members:withdrawal": ("405", "a button's"),
    "backbone:notice_reading": ("405", "a button's"),
    "trade:orders_export": ("file", "a download"),
    "trade:import_template": ("file", "a download"),
    "trade:import_sample": ("file", "a download"),
    "trade:import_rejected": ("file", "a download"),
    "trade:import_check": ("405", "a button's"),
    "trade:import_progress": ("part", "the moving part of trade:import_run"),
    "trade:import_cancellation": ("405", "a button's"),
    "trade:import_resumption": ("405", "a button's"),
    "trade:consent_end": ("405", "a button's"),
    "trade:figures_export": ("file", "a download"),
}

# Pages once more in another state: (person, route, query).
MORE = [
    ("nobody", "account_reset_password_from_key", ""),
    ("owner", "trade:orders", "period=all&direction=export&sku=TEA-01"),
    ("owner", "trade:orders", "q=no-such-number"),
    ("owner", "trade:figures", "period=all&direction=all"),
    ("owner", "backbone:jobs", "state=succeeded"),
    ("staff", "admin:trade_rows", "purpose=Annual+review"),
    ("staff", "admin:trade_monthlysales_changelist", "direction__exact=export"),
]

# Words on Chinese pages that stay English.
ENGLISH = {
    "scrollable content": "what the theme's scroll bars call themselves to screen readers",
}
