"""Every write of orders, mappings, rates and consents, one verb per function."""

from trade.operations.consents import consent_to_row_access, end_row_access, look_at_rows
from trade.operations.imports import (
    check_import,
    read_import_as,
    receive_orders,
    run_import,
    start_import,
    upload_orders,
)
from trade.operations.mappings import adopt_preset, map_country, save_mapping
from trade.operations.rates import record_rates

__all__ = [
    "adopt_preset",
    "check_import",
    "consent_to_row_access",
    "end_row_access",
    "look_at_rows",
    "map_country",
    "read_import_as",
    "receive_orders",
    "record_rates",
    "run_import",
    "save_mapping",
    "start_import",
    "upload_orders",
]
