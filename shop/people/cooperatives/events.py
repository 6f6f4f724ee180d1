"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

on_calendar_change: list[Callable[[Session, int, datetime], None]] = []
"""Called when the days of a cooperative change: session, its id, now. Clocks are set anew."""
