"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from shop.sales.orders.models import Order, Parcel

on_accepted: list[Callable[[Session, Order, datetime], object]] = []
"""Called in the transaction in which a cooperative promises to send an order."""

on_parcel_arrived: list[Callable[[Session, Order, Parcel, datetime], object]] = []
"""Called when a parcel that went on top of an order (``Parcel.extra``) is there."""
