"""Every write of orders, mappings, rates and consents, one verb per function."""

from trade.operations.imports import (
    check_import,
    read_import_as,
    run_import,
    start_import,
    upload_orders,
)
from trade.operations.mappings import adopt_preset, map_country, save_mapping

__all__ = [
    "adopt_preset",
    "check_import",
    "map_country",
    "read_import_as",
    "run_import",
    "save_mapping",
    "start_import",
    "upload_orders",
]
