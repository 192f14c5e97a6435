"""Sales orders by channel, their imports, and the figures drawn from them."""

from trade.models.consents import RowAccess, RowConsent
from trade.models.figures import DailySales, MonthlyProductSales, MonthlySales
from trade.models.imports import Channel, ImportMapping, OrderImport
from trade.models.orders import Direction, LineKind, Order, OrderLine
from trade.models.rates import RateSource, ReferenceRate

__all__ = [
    "Channel",
    "DailySales",
    "Direction",
    "ImportMapping",
    "LineKind",
    "MonthlyProductSales",
    "MonthlySales",
    "Order",
    "OrderImport",
    "OrderLine",
    "RateSource",
    "ReferenceRate",
    "RowAccess",
    "RowConsent",
]
