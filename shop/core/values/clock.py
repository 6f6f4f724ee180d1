"""The one clock, and the three zones of Indonesia."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
HOME_ZONE = "Asia/Jakarta"
"""Where nothing better is known, times are shown in WIB (rule R14)."""


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def in_zone(moment: datetime, zone: str) -> datetime:
    """The same moment on a clock that hangs in ``zone`` (an IANA name)."""
    return moment.astimezone(ZoneInfo(zone))


def day_in(zone: str, moment: datetime) -> date:
    """Which calendar day ``moment`` falls on in ``zone``."""
    return in_zone(moment, zone).date()


def noon_of(day: date) -> datetime:
    """A moment that lies in this day in every zone of Indonesia."""
    return datetime.combine(day, time(9), UTC)
