"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders.models import Order

on_accepted: list[Callable[[Session, Order, datetime], object]] = []
"""Called in the transaction in which a cooperative promises to send an order."""
