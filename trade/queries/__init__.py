"""What people read of orders: figures from the sums, rows page by page."""

from trade.queries.figures import Figures, Sales, by_country, by_month, by_product, totals
from trade.queries.imports import recent_imports
from trade.queries.orders import OrderFilter, Page, order_detail, orders_page
from trade.queries.park import enterprise_months, park_total, row_accesses

__all__ = [
    "Figures",
    "OrderFilter",
    "Page",
    "Sales",
    "by_country",
    "by_month",
    "by_product",
    "enterprise_months",
    "order_detail",
    "orders_page",
    "park_total",
    "recent_imports",
    "row_accesses",
    "totals",
]
