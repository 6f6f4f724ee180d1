"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shop.aftersales.refunds.models import RefundRequest
from shop.payments.bills.models import Refund
from shop.sales.orders.models import Order

on_decided: list[Callable[[Session, Order, RefundRequest, Refund | None, datetime], object]] = []
"""Called in the transaction in which a second person allowed a refund, or did not (None)."""
