"""The one place where amounts, days, times and weights are written for people."""

from datetime import date, datetime

from babel.dates import format_date
from flask import Flask

from shop.core.clock import HOME_ZONE, ZONE_NAMES, in_zone
from shop.core.indonesia import show_phone
from shop.core.money import write_rupiah
from shop.web.language import ENGLISH, language


def written_day(day: date | datetime, zone: str = HOME_ZONE) -> str:
    """``23 November 2026``; a moment is first moved to ``zone``."""
    return format_date(_day(day, zone), "d MMMM y", locale=language())


def written_day_short(day: date | datetime, zone: str = HOME_ZONE) -> str:
    """``23 Nov 2026``."""
    return format_date(_day(day, zone), "d MMM y", locale=language())


def written_weekday(day: date | datetime, zone: str = HOME_ZONE) -> str:
    """``Senin, 23 November 2026``."""
    return format_date(_day(day, zone), "EEEE, d MMMM y", locale=language())


def written_time(moment: datetime, zone: str = HOME_ZONE) -> str:
    """``20.05 WIB``, in English ``20:05 WIB``: always with the zone's name."""
    there = in_zone(moment, zone)
    clock_face = f"{there:%H:%M}" if language() == ENGLISH else f"{there:%H.%M}"
    return f"{clock_face} {ZONE_NAMES.get(zone, 'WIB')}"


def written_weight(grams: int) -> str:
    """``950 g``, ``1 kg``, ``1,25 kg``, in English ``1.25 kg``."""
    if grams < 1_000:
        return f"{grams} g"
    fraction = f"{grams % 1_000:03d}".rstrip("0")
    written = f"{grams // 1_000:,}" + (f".{fraction}" if fraction else "")
    if language() != ENGLISH:  # a comma where English has a dot, and the other way round
        written = written.translate({ord(","): ".", ord("."): ","})
    return f"{written} kg"


def _day(day: date | datetime, zone: str) -> date:
    return in_zone(day, zone).date() if isinstance(day, datetime) else day


def init_app(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.filters.update(
        rupiah=write_rupiah,
        tanggal=written_day,
        tanggal_pendek=written_day_short,
        hari=written_weekday,
        jam=written_time,
        berat=written_weight,
        telepon=show_phone,
    )
