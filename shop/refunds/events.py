"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.payments.models import Refund
from shop.refunds.models import RefundRequest

on_decided: list[Callable[[Session, Order, RefundRequest, Refund | None, datetime], object]] = []
"""Called in the transaction in which a second person allowed a refund, or did not (None)."""
