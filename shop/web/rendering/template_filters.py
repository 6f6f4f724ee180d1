"""The one place where amounts, days, times and weights are written for people."""

import re
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from flask import Flask
from flask_babel import ngettext
from markupsafe import Markup

from shop.core.formats.indonesia import format_phone
from shop.core.formats.markdown import as_html
from shop.core.values.clock import HOME_ZONE, ZONE_NAMES, in_zone
from shop.core.values.money import format_rupiah
from shop.web.i18n.language import ENGLISH, language

_NET = re.compile(r"([0-9.,]+) (kg|liter|buah|lembar|pasang|set)")


def written_day(day: date | datetime, zone: str = HOME_ZONE, *, reads: str = "") -> str:
    """``23 November 2026``; a moment is first moved to ``zone``.

    :param reads: the reader's language in letters; otherwise the page's counts.
    """
    return _date_words(_day(day, zone), "d MMMM y", reads or language())


def written_day_short(day: date | datetime, zone: str = HOME_ZONE) -> str:
    """``23 Nov 2026``."""
    return _date_words(_day(day, zone), "d MMM y", language())


def written_moment(moment: datetime, zone: str) -> str:
    """``23 Nov 2026, 12.00 WIB``."""
    return f"{written_day_short(moment, zone)}, {written_time(moment, zone)}"


def written_weekday(day: date | datetime, zone: str = HOME_ZONE, *, reads: str = "") -> str:
    """``Senin, 23 November 2026``."""
    return _date_words(_day(day, zone), "EEEE, d MMMM y", reads or language())


def written_weekday_short(day: date) -> str:
    """``Selasa 1 Desember``: for days that are near, so without their year."""
    return _date_words(day, "EEEE d MMMM", language())


def written_span(first: date, last: date) -> str:
    """``2–4 Desember``, ``30 November–2 Desember``: days that are near, without their year."""
    same = (first.year, first.month) == (last.year, last.month)
    begin = str(first.day) if same else _date_words(first, "d MMMM", language())
    return f"{begin}–{_date_words(last, 'd MMMM', language())}"


def written_time(moment: datetime, zone: str = HOME_ZONE, *, reads: str = "") -> str:
    """``20.05 WIB``, in English ``20:05 WIB``: always with the zone's name."""
    there = in_zone(moment, zone)
    is_english = (reads or language()) == ENGLISH
    clock_face = f"{there:%H:%M}" if is_english else f"{there:%H.%M}"
    return f"{clock_face} {ZONE_NAMES.get(zone, 'WIB')}"


def written_weight(grams: int, *, reads: str = "") -> str:
    """``950 g``, ``1 kg``, ``1,25 kg``, in English ``1.25 kg``."""
    if grams < 1_000:
        return f"{grams} g"
    fraction = f"{grams % 1_000:03d}".rstrip("0")
    written = f"{grams // 1_000:,}" + (f".{fraction}" if fraction else "")
    if (reads or language()) != ENGLISH:  # a comma where English has a dot, and vice versa
        written = written.translate({ord(","): ".", ord("."): ","})
    return f"{written} kg"


def written_net(net: str) -> str:
    """Net contents as labels keep them: ``1,25 kg`` is ``1.25 kg`` in English, ``2 lembar`` too."""
    found = _NET.fullmatch(net)
    if found is None or language() != ENGLISH:
        return net
    number, unit = found[1].replace(",", "."), found[2]
    count = int(number) if number.isdigit() else 2
    words = {
        "kg": f"{number} kg",
        "liter": ngettext("%(n)s liter", "%(n)s liter", count, n=number),
        "buah": ngettext("%(n)s buah", "%(n)s buah", count, n=number),
        "lembar": ngettext("%(n)s lembar", "%(n)s lembar", count, n=number),
        "pasang": ngettext("%(n)s pasang", "%(n)s pasang", count, n=number),
        "set": ngettext("%(n)s set", "%(n)s set", count, n=number),
    }
    return str(words[unit])


@lru_cache(maxsize=500)
def _date_words(day: date, pattern: str, tongue: str) -> str:
    # A checkout writes fifteen dates, mostly the same few: 3 % of its page.
    return format_date(day, pattern, locale=tongue)


def _day(day: date | datetime, zone: str) -> date:
    return in_zone(day, zone).date() if isinstance(day, datetime) else day


def written_prose(text: str) -> Markup:
    """A person's markdown as cleaned HTML: the one place that trusts what was typed, cleaned."""
    return Markup(as_html(text))  # noqa: S704


def init_app(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.filters.update(
        rupiah=format_rupiah,
        tanggal=written_day,
        tanggal_pendek=written_day_short,
        hari=written_weekday,
        jam=written_time,
        saat=written_moment,
        berat=written_weight,
        isi=written_net,
        telepon=format_phone,
        prosa=written_prose,
    )
