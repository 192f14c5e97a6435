"""Mappings that come with the portal; an organisation gets its own copy at first use.

Labels of ``online-retail`` are those of the UCI data set "Online Retail" (Daqing Chen, CC BY 4.0).
"""

from __future__ import annotations

from typing import Any

# Not ISO names, or places ISO has no code for: a judgement the organisation may change.
ODD_LABELS = {
    # Jersey and Guernsey have codes of their own, the two together have none.
    "Channel Islands": "JE",
    "EIRE": "IE",
    # Reserved in ISO 3166 for the European Union.
    "European Community": "EU",
    "RSA": "ZA",
    "Unspecified": "ZZ",
    "USA": "US",
}
PLAIN_LABELS = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "Finland": "FI", "France": "FR",
    "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT",
    "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO",
    "Poland": "PL", "Portugal": "PT", "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
    "Switzerland": "CH", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip

ONLINE_RETAIL: dict[str, Any] = {
    "channel": {"name": "Online Retail", "platform": "own shop"},
    "columns": {
        "number": "InvoiceNo",
        "sku": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "ordered_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "country": "Country",
    },
    "currency": "GBP",
    "direction_rule": "country",
    "decimal_sign": ".",
    "date_order": "ymd",
    "country_labels": PLAIN_LABELS | ODD_LABELS,
    "kind_rules": {"cancellation_prefix": "C", "adjustment_prefix": "A"},
}

# Our own table: the headers of the template people download in the wizard.
PORTAL_ORDERS: dict[str, Any] = {
    "channel": {"name": "Portal template", "platform": ""},
    "columns": {
        "number": "order number",
        "ordered_at": "ordered at",
        "sku": "sku",
        "description": "description",
        "quantity": "quantity",
        "unit_price": "unit price",
        "currency": "currency",
        "country": "country",
    },
    "currency": "",
    "direction_rule": "country",
    "decimal_sign": ".",
    "date_order": "ymd",
    "country_labels": {},
    "kind_rules": {"cancellation": "negative_quantity"},
}

PRESETS: dict[str, dict[str, Any]] = {
    "online-retail": ONLINE_RETAIL,
    "portal-orders": PORTAL_ORDERS,
}
